package io.gpumq.cli;

import java.util.OptionalInt;

/** Knows how wide the terminals are that a process writes to, by what the launcher saw. */
final class Terminal {
  /** Columns of the terminal that standard output is; not set where it is none. */
  static final String OUT = "gpumq.columns";

  /** The same of standard error, where the progress is shown. */
  static final String ERR = "gpumq.progress";

  /** What every table fits, and what is supposed of a file or a pipe. */
  static final int NARROWEST = 80;

  private Terminal() {}

  /** Returns how wide tables may be. */
  static int columns() {
    return Math.max(NARROWEST, property(OUT).orElse(NARROWEST));
  }

  /** Returns how wide the terminal for the progress is; nothing where there is none. */
  static OptionalInt progress() {
    return property(ERR);
  }

  private static OptionalInt property(String name) {
    String text = System.getProperty(name, "");
    return text.matches("[0-9]{1,4}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }
}
