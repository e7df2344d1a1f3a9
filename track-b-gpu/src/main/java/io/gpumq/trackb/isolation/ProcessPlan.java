package io.gpumq.trackb.isolation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How device processes are started.
 *
 * @param device its name, as {@link io.gpumq.trackb.device.Backends} knows it
 * @param settings of the device
 * @param standby whether another one waits beside the one at work, to take over within milliseconds
 * @param startTime how long a process may take until it is ready, and until it works on a ring; and
 *     how long none may be startable before the rings fail
 * @param java the program that runs them
 * @param machine more options for its Java virtual machine
 */
public record ProcessPlan(
    String device,
    Map<String, String> settings,
    boolean standby,
    Duration startTime,
    Path java,
    List<String> machine) {
  /** A GPU's driver may compile its kernels first. */
  private static final Duration START_TIME = Duration.ofSeconds(30);

  public ProcessPlan {
    settings = Map.copyOf(settings);
    machine = List.copyOf(machine);
  }

  /** With the usual virtual machine, which is this one's, and the usual time. */
  public static ProcessPlan of(String device, Map<String, String> settings, boolean standby) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessPlan(device, settings, standby, START_TIME, java, List.of());
  }

  /** Returns the same with another time, and options for the virtual machine. */
  public ProcessPlan with(Duration startTime, List<String> machine) {
    return new ProcessPlan(device, settings, standby, startTime, java, machine);
  }

  /** Returns the same with another program for the virtual machine. */
  public ProcessPlan with(Path java) {
    return new ProcessPlan(device, settings, standby, startTime, java, machine);
  }
}
