package io.gpumq.cli;

import io.gpumq.tracka.RedisHome;
import io.gpumq.tracka.RedisLeftovers;
import io.gpumq.trackb.Diagnosis;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gpumq doctor}: what is found on this machine, and what a crash left there. */
@Command(
    name = "doctor",
    description = {
      "Shows the devices that Track B could run on, the shared memory of its queues and whose it is,"
          + " and its device processes.",
      "",
      "A leftover is what a process has left that ended without closing its queues: their memory,"
          + " which the next Track B that opens removes, too, and the folder of a Redis of the bench."
          + " With --redis it is also a queue of Track A in that Redis."
    },
    mixinStandardHelpOptions = true,
    versionProvider = GpuMq.Version.class,
    showDefaultValues = false)
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--clean", description = "Removes leftovers, and says each.")
  private boolean clean;

  @Option(
      names = "--redis",
      paramLabel = "URI",
      description = "Looks into this Redis, too, such as redis://host:6379.")
  private String redis;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<String> lines = new ArrayList<>(clean ? Diagnosis.clean() : Diagnosis.lines());
    for (Path folder : clean ? RedisHome.sweep() : RedisHome.left()) {
      lines.add((clean ? "removed: " : "leftover: ") + "Redis of the bench in " + folder);
    }
    if (redis != null) {
      lines.addAll(clean ? RedisLeftovers.clean(redis) : RedisLeftovers.lines(redis));
    }
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    if (lines.isEmpty()) {
      out.println("nothing to remove");
    }
    out.flush();
    return GpuMq.OK;
  }
}
