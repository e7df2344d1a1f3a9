package io.gpumq.cli;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.soak.report.Environment;
import java.io.PrintWriter;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code gpumq} command. */
@Command(
    name = "gpumq",
    description = "A message queue broker whose messages live in GPU memory.",
    mixinStandardHelpOptions = true,
    versionProvider = GpuMq.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BenchCommand.class,
      CompareCommand.class,
      DoctorCommand.class,
      DistCommand.class,
      HelpCommand.class
    })
public final class GpuMq implements Runnable {
  /** All went well. */
  public static final int OK = 0;

  /** The run failed: a message was lost or changed, or a track died. */
  public static final int FAILED = 1;

  /** What was asked for cannot be: a bad value, no such device, no Redis. */
  public static final int USAGE = 2;

  @Spec private CommandSpec spec;

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command with its error handling, for {@link #main} and for tests. */
  static CommandLine commandLine() {
    return new CommandLine(new GpuMq())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(GpuMq::refuse)
        .setExecutionExceptionHandler(GpuMq::explain);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: see gpumq --help");
  }

  private static int refuse(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("gpumq: " + e.getMessage());
    err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (e instanceof ConfigException || e instanceof TrackUnavailableException) {
      err.println("gpumq: " + e.getMessage());
      return USAGE;
    }
    err.println("gpumq: failed: " + e);
    e.printStackTrace(err);
    return FAILED;
  }

  /** The version that the build wrote down. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      Properties build = Environment.build();
      return new String[] {
        "gpumq " + build.getProperty("version", "unknown"),
        "commit " + build.getProperty("commit", "unknown"),
        "java " + Runtime.version()
      };
    }
  }
}
