package io.gpumq.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Lists {@code gpumq dist} in the help. The launcher of a clone runs it without Java; a
 * distribution has no sources to make another from.
 */
@Command(
    name = "dist",
    description = "Makes a tarball for machines that have no Java; in a clone alone.",
    mixinStandardHelpOptions = true,
    versionProvider = GpuMq.Version.class)
final class DistCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "dist: needs the sources: run ./gpumq dist in a clone");
  }
}
