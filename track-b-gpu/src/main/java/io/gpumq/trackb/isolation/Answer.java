package io.gpumq.trackb.isolation;

import java.io.IOException;
import java.util.List;

/** What a device process tells its owner. */
sealed interface Answer {
  /** The ring that stands for none. */
  int NO_RING = -1;

  /** The words of its line. */
  List<Object> words();

  /** The device is open. */
  record Ready() implements Answer {
    @Override
    public List<Object> words() {
      return List.of("ready");
    }
  }

  /** A ring's memory is open, and can be worked on. */
  record Opened(int ring) implements Answer {
    @Override
    public List<Object> words() {
      return List.of("opened", ring);
    }
  }

  /** A ring is worked on. */
  record Launched(int ring) implements Answer {
    @Override
    public List<Object> words() {
      return List.of("launched", ring);
    }
  }

  /** The work on a ring has ended: it was stopped, or its trial is over. */
  record Ended(int ring) implements Answer {
    @Override
    public List<Object> words() {
      return List.of("ended", ring);
    }
  }

  /** It was asked about a ring whose handler seems to hang; the process does not. */
  record Alive(int ring) implements Answer {
    @Override
    public List<Object> words() {
      return List.of("alive", ring);
    }
  }

  /** A command for a ring, or the device itself, cannot be. */
  record Refused(int ring, String why) implements Answer {
    @Override
    public List<Object> words() {
      return List.of("refused", ring, Lines.clip(why));
    }
  }

  /**
   * The kernel of a ring has died, and this process is about to end.
   *
   * @param withAll whether nothing of this process works on any ring any more
   */
  record Fault(int ring, String why, boolean withAll) implements Answer {
    @Override
    public List<Object> words() {
      return List.of("fault", ring, Lines.clip(why), withAll);
    }
  }

  /**
   * Understands a line.
   *
   * @throws IOException if it is no answer
   */
  static Answer parse(List<String> line) throws IOException {
    try {
      return switch (line.get(0)) {
        case "ready" -> new Ready();
        case "opened" -> new Opened(ring(line));
        case "launched" -> new Launched(ring(line));
        case "ended" -> new Ended(ring(line));
        case "alive" -> new Alive(ring(line));
        case "refused" -> new Refused(ring(line), line.get(2));
        case "fault" -> new Fault(ring(line), line.get(2), Boolean.parseBoolean(line.get(3)));
        default -> throw new IOException("'" + line.get(0) + "' is no answer");
      };
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new IOException("no answer: " + line, e);
    }
  }

  /** Returns why something was refused: what the failure says to users, or else what it is. */
  static String why(Throwable failure) {
    return failure instanceof RuntimeException && failure.getMessage() != null
        ? failure.getMessage()
        : failure.toString();
  }

  private static int ring(List<String> line) {
    return Integer.parseInt(line.get(1));
  }
}
