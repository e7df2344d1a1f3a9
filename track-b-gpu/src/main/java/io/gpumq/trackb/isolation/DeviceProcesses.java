package io.gpumq.trackb.isolation;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The device processes of this machine, found by a mark on their command lines. */
public final class DeviceProcesses {
  private static final String MARK = "-Dgpumq.owner=";
  private static final Pattern MARKED = Pattern.compile(MARK + "(\\d+)");

  private DeviceProcesses() {}

  /**
   * A device process.
   *
   * @param owner the process that started it
   */
  public record Found(long pid, long owner) {}

  /** What a process that this one starts bears, in front, where no long class path hides it. */
  static String mark() {
    return MARK + ProcessHandle.current().pid();
  }

  /** Those that this process may see. */
  public static List<Found> all() {
    return ProcessHandle.allProcesses()
        .map(
            process ->
                process
                    .info()
                    .commandLine()
                    .map(MARKED::matcher)
                    .filter(Matcher::find)
                    .map(found -> new Found(process.pid(), Long.parseLong(found.group(1)))))
        .flatMap(Optional::stream)
        .toList();
  }
}
