package io.gpumq.trackb;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.spi.PayloadLimit;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackProvider;
import io.gpumq.trackb.device.Backends;
import io.gpumq.trackb.device.InProcessDevice;
import io.gpumq.trackb.isolation.IsolatedDevice;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.memory.BriefFolders;
import io.gpumq.trackb.memory.Leftovers;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.spi.Vram;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * Opens Track B: {@code b}. Settings: {@code store.bytes}, how much memory of the device its queues
 * share, in bytes (K, M, G, T) or as a part of what is free (25%), the default on a GPU; {@code
 * max-payload-bytes}, the largest payload that a queue may take; {@code cuda.device}, which GPU,
 * from 0; {@code cuda.blocks}, thread blocks of each ring's kernel; {@code isolation}, {@code none}
 * or {@code process}, whether handlers run in a process of their own; {@code isolation.standby},
 * {@code true} or {@code false}, whether another such process stands by.
 */
public final class GpuTrackProvider implements TrackProvider {
  private static final String ISOLATION = "isolation";
  private static final String STANDBY = "isolation.standby";

  @Override
  public String name() {
    return "b";
  }

  @Override
  public Track open(TrackOptions options) {
    Map<String, String> settings = options.settings();
    var known = new TreeSet<>(Backends.SETTINGS);
    known.addAll(List.of(ISOLATION, STANDBY, StoreBytes.SETTING, PayloadLimit.SETTING));
    var unknown = new TreeSet<>(settings.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new ConfigException("settings " + unknown + ": track b knows " + known);
    }
    boolean isolated = choice(settings, ISOLATION, "none", "process").equals("process");
    boolean standby = choice(settings, STANDBY, "true", "false").equals("true");
    if (settings.containsKey(STANDBY) && !isolated) {
      throw new ConfigException(STANDBY + ": goes with " + ISOLATION + " process alone");
    }
    Leftovers.sweep();
    BriefFolders.sweep();
    Backend backend = Backends.open(options);
    if (!isolated) {
      return open(backend, settings, false, InProcessDevice::new);
    }
    Map<String, String> ofDevice = new HashMap<>(settings);
    ofDevice.keySet().retainAll(Backends.SETTINGS);
    ProcessPlan plan = ProcessPlan.of(backend.name(), ofDevice, standby);
    return open(backend, settings, true, (from, vram) -> new IsolatedDevice(from, vram, plan));
  }

  /**
   * Opens a track on a backend, which is the track's from now on.
   *
   * @param isShared whether other processes open its store
   */
  static Track open(
      Backend backend,
      Map<String, String> settings,
      boolean isShared,
      BiFunction<Backend, Vram, Device> device) {
    Deque<Runnable> made = new ArrayDeque<>(List.of(backend::close));
    try {
      PayloadLimit payloads = PayloadLimit.of(settings);
      long bytes = StoreBytes.of(settings, backend.freeBytes(), backend.usualBytes());
      Vram vram = backend.allocate(bytes, isShared);
      made.push(vram::close);
      Device opened = device.apply(backend, vram);
      made.clear(); // the track's own, from here on
      return new GpuTrack(opened, payloads, StoreBytes.isUsual(settings));
    } catch (Throwable e) {
      Steps.undo(e, made.toArray(Runnable[]::new));
      throw e;
    }
  }

  /** One of two values, the first if none is given. */
  private static String choice(
      Map<String, String> settings, String key, String usual, String other) {
    String given = settings.getOrDefault(key, usual);
    if (!given.equals(usual) && !given.equals(other)) {
      throw new ConfigException(key + " '" + given + "': must be " + usual + " or " + other);
    }
    return given;
  }
}
