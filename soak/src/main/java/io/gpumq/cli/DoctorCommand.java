package io.gpumq.cli;

import io.gpumq.trackb.Diagnosis;
import java.io.PrintWriter;
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
      "A leftover is the memory of a queue whose process has ended without closing it. The next Track"
          + " B that opens removes it, too."
    },
    mixinStandardHelpOptions = true,
    versionProvider = GpuMq.Version.class,
    showDefaultValues = false)
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--clean", description = "Removes leftovers, and says each.")
  private boolean clean;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<String> lines = clean ? Diagnosis.clean() : Diagnosis.lines();
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    if (lines.isEmpty()) {
      out.println("nothing to remove");
    }
    out.flush();
    return GpuMq.OK;
  }
}
