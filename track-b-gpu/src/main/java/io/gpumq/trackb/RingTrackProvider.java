package io.gpumq.trackb;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.spi.TrackProvider;
import io.gpumq.trackb.device.Backends;
import io.gpumq.trackb.isolation.IsolatedDevice;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.memory.BriefFolders;
import io.gpumq.trackb.memory.Leftovers;
import io.gpumq.trackb.ring.LocalDevice;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Opens Track B: {@code b}. Settings: {@code cuda.device}, which GPU, from 0; {@code cuda.blocks},
 * thread blocks of each queue's kernel; {@code isolation}, {@code none} or {@code process}, whether
 * handlers run in a process of their own; {@code isolation.standby}, {@code true} or {@code false},
 * whether another such process stands by.
 */
public final class RingTrackProvider implements TrackProvider {
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
    known.addAll(List.of(ISOLATION, STANDBY));
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
    RingBackend backend = Backends.open(options);
    return new RingTrack(
        isolated ? isolated(backend, settings, standby) : new LocalDevice(backend));
  }

  private static RingDevice isolated(
      RingBackend backend, Map<String, String> settings, boolean standby) {
    Map<String, String> ofDevice = new HashMap<>(settings);
    ofDevice.keySet().retainAll(Backends.SETTINGS);
    return new IsolatedDevice(backend, ProcessPlan.of(backend.name(), ofDevice, standby));
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
