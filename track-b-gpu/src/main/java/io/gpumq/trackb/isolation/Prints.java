package io.gpumq.trackb.isolation;

import io.gpumq.spi.Log;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/** What a device process prints, which is no answer: it goes to the log, and to its obituary. */
final class Prints {
  private static final Log LOG = Log.of(DeviceProcess.class);
  private static final int KEPT_LINES = 8;
  private static final int MOST_LINE = 500;

  private final Process process;
  private final ArrayDeque<String> lastLines = new ArrayDeque<>();

  Prints(Process process) {
    this.process = process;
  }

  /** Reads until it prints no more. */
  void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      while (readLine(reader)) {
        // The next one.
      }
    } catch (IOException e) {
      LOG.debug("device process " + process.pid() + " says no more", e);
    }
  }

  /** Goes on whatever it throws: a process whose prints nobody reads stands still in the end. */
  private boolean readLine(BufferedReader reader) throws IOException {
    try {
      String line = reader.readLine();
      if (line == null) {
        return false;
      }
      String kept = line.length() <= MOST_LINE ? line : line.substring(0, MOST_LINE) + "...";
      LOG.warning("device process " + process.pid() + ": " + kept);
      synchronized (lastLines) {
        lastLines.add(kept);
        if (lastLines.size() > KEPT_LINES) {
          lastLines.remove();
        }
      }
    } catch (RuntimeException | Error e) {
      LOG.debug("a line of a device process is lost", e);
    }
    return true;
  }

  /** Returns the last lines as the end of an obituary; empty if there are none. */
  String last() {
    synchronized (lastLines) {
      return lastLines.isEmpty() ? "" : "; its last lines: " + String.join(" | ", lastLines);
    }
  }
}
