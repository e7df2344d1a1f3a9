package io.gpumq.trackb.isolation;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How device processes are started.
 *
 * @param device its name, as {@link io.gpumq.trackb.device.Backends} knows it
 * @param settings of the device
 * @param standby whether another one waits beside the one at work, to take over within milliseconds
 * @param startTime how long a process may take until it is ready, and until it works on a ring
 * @param machine more options for its Java virtual machine
 */
public record ProcessPlan(
    String device,
    Map<String, String> settings,
    boolean standby,
    Duration startTime,
    List<String> machine) {
  /** A GPU's driver may compile its kernels first. */
  private static final Duration START_TIME = Duration.ofSeconds(30);

  public ProcessPlan {
    settings = Map.copyOf(settings);
    machine = List.copyOf(machine);
  }

  /** With the usual virtual machine and time. */
  public static ProcessPlan of(String device, Map<String, String> settings, boolean standby) {
    return new ProcessPlan(device, settings, standby, START_TIME, List.of());
  }
}
