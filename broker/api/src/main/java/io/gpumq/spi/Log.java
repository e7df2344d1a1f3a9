package io.gpumq.spi;

import java.lang.System.Logger.Level;

/**
 * Tells the operator, through {@link System.Logger}, what no call's answer tells. A line that
 * cannot be written is lost, and nothing else: a logger may want a file or a class just when the
 * process has no descriptor left. Safe for use by many threads.
 */
public final class Log {
  private final String name;

  private Log(String name) {
    this.name = name;
  }

  /** Returns the log of a class, by its name. */
  public static Log of(Class<?> type) {
    return new Log(type.getName());
  }

  /** Tells what only the search for a fault wants. */
  public void debug(String what) {
    write(Level.DEBUG, what, null);
  }

  /** Tells what only the search for a fault wants. */
  public void debug(String what, Throwable why) {
    write(Level.DEBUG, what, why);
  }

  /** Tells what an operator may want to change. */
  public void warning(String what) {
    write(Level.WARNING, what, null);
  }

  /** Tells what an operator may want to change. */
  public void warning(String what, Throwable why) {
    write(Level.WARNING, what, why);
  }

  /** Tells of a fault of GpuMQ itself. */
  public void error(String what, Throwable why) {
    write(Level.ERROR, what, why);
  }

  private void write(Level level, String what, Throwable why) {
    try {
      System.getLogger(name).log(level, what, why);
    } catch (RuntimeException | Error e) {
      // As the class says.
    }
  }
}
