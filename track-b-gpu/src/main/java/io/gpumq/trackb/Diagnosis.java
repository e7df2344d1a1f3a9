package io.gpumq.trackb;

import io.gpumq.api.TrackOptions;
import io.gpumq.trackb.device.Backends;
import io.gpumq.trackb.device.CudaBackend;
import io.gpumq.trackb.isolation.DeviceProcesses;
import io.gpumq.trackb.memory.BriefFolders;
import io.gpumq.trackb.memory.Leftovers;
import io.gpumq.trackb.memory.MemoryFolders;
import io.gpumq.trackb.spi.Backend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What track B finds on this machine, in lines for people. */
public final class Diagnosis {
  private Diagnosis() {}

  /** The devices, the shared memory and whose it is, the device processes and whose they are. */
  public static List<String> lines() {
    List<String> lines = new ArrayList<>();
    String unavailable = CudaBackend.unavailable();
    lines.add("device cuda: " + (unavailable != null ? unavailable : describe("cuda")));
    lines.add("device host: " + describe("host"));
    lines.add("shared memory: " + MemoryFolders.describe());
    for (Leftovers.Found found : Leftovers.find()) {
      lines.add((found.isLeft() ? "leftover: " : "in use: ") + found.describe());
    }
    for (Path folder : BriefFolders.left()) {
      lines.add("leftover: folder " + folder + " of a process that was killed");
    }
    for (DeviceProcesses.Found process : DeviceProcesses.all()) {
      lines.add("device process " + process.pid() + " of process " + process.owner());
    }
    return lines;
  }

  private static String describe(String device) {
    try (Backend backend = Backends.open(TrackOptions.DEFAULT.withDevice(device))) {
      return backend.describe();
    }
  }

  /** Removes what owners left that have ended; says each. */
  public static List<String> clean() {
    List<String> removed = new ArrayList<>();
    Leftovers.sweep().forEach(found -> removed.add("removed: " + found.describe()));
    BriefFolders.sweep().forEach(folder -> removed.add("removed: folder " + folder));
    return removed;
  }
}
