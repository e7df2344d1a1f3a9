package io.gpumq.cli;

import io.gpumq.soak.report.Comparison;
import io.gpumq.soak.report.SuiteReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gpumq compare}: results of two builds that ran a suite by turns. */
@Command(
    name = "compare",
    description = {
      "Compares results of gpumq bench --suite: what a new build gave with what an old one gave."
          + " Both ran by turns on one machine.",
      "",
      "Shows medians of what each row saw, and how far the runs of one build lie apart."
    },
    mixinStandardHelpOptions = true,
    versionProvider = GpuMq.Version.class,
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {
  @Option(
      names = "--old",
      paramLabel = "FILE",
      arity = "1..*",
      required = true,
      description = "suite.json of each run of the old build.")
  private List<Path> before;

  @Option(
      names = "--new",
      paramLabel = "FILE",
      arity = "1..*",
      required = true,
      description = "suite.json of each run of the new build.")
  private List<Path> after;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    String text = Comparison.of(read("--old", before), read("--new", after));
    spec.commandLine().getOut().print(text);
    spec.commandLine().getOut().flush();
    return GpuMq.OK;
  }

  private List<SuiteReport> read(String option, List<Path> files) {
    var reports = new ArrayList<SuiteReport>();
    for (Path file : files) {
      try {
        reports.add(SuiteReport.read(Files.readString(file)));
      } catch (IOException e) {
        throw refused(option, file, "cannot be read: " + e, e);
      } catch (IllegalArgumentException e) {
        throw refused(option, file, e.getMessage(), e);
      }
    }
    return reports;
  }

  private ParameterException refused(String option, Path file, String why, Exception cause) {
    return new ParameterException(spec.commandLine(), option + " " + file + ": " + why, cause);
  }
}
