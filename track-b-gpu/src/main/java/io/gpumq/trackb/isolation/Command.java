package io.gpumq.trackb.isolation;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.spi.Resume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the owner asks of a device process. Rings go by numbers that the owner gives. */
sealed interface Command {
  /**
   * The arena of the track, as its owner knows it.
   *
   * @param handle by which another process opens it
   */
  record Memory(String handle, long bytes) {}

  /** Which ring. */
  int ring();

  /** The words of its line. */
  List<Object> words();

  /** Map the file, and make it known to the device. The store comes with the first. */
  record Open(int ring, Path file, RingShape shape, Memory store, String handler)
      implements Command {
    @Override
    public List<Object> words() {
      RingShape s = shape;
      return List.of(
          "open",
          ring,
          file,
          store.handle(),
          store.bytes(),
          handler,
          s.slots(),
          s.chunkBytes(),
          s.chunks(),
          s.ticketSlots(),
          s.maxTries(),
          s.largestPayload(),
          s.resultBytes(),
          s.statesPlace(),
          s.lanes());
    }
  }

  /** Start to work on an opened ring. */
  record Launch(int ring, Resume resume) implements Command {
    @Override
    public List<Object> words() {
      return List.of("launch", ring, resume.first(), resume.resumeEnd(), resume.end());
    }
  }

  /** End the work on a ring. */
  record Stop(int ring) implements Command {
    @Override
    public List<Object> words() {
      return List.of("stop", ring);
    }
  }

  /** Say that you are alive: a handler of this ring seems to hang. */
  record Ask(int ring) implements Command {
    @Override
    public List<Object> words() {
      return List.of("ask", ring);
    }
  }

  /** Let go of a ring that is not worked on. */
  record Close(int ring) implements Command {
    @Override
    public List<Object> words() {
      return List.of("close", ring);
    }
  }

  /**
   * Understands a line.
   *
   * @throws IOException if it is no command
   */
  static Command parse(List<String> line) throws IOException {
    try {
      int ring = Integer.parseInt(line.get(1));
      List<Long> n = new ArrayList<>();
      switch (line.get(0)) {
        case "open" -> {
          for (String number : line.subList(6, 15)) {
            n.add(Long.parseLong(number));
          }
          RingShape shape =
              new RingShape(
                  Math.toIntExact(n.get(0)),
                  Math.toIntExact(n.get(1)),
                  Math.toIntExact(n.get(2)),
                  Math.toIntExact(n.get(3)),
                  Math.toIntExact(n.get(4)),
                  Math.toIntExact(n.get(5)),
                  Math.toIntExact(n.get(6)),
                  n.get(7),
                  Math.toIntExact(n.get(8)));
          Memory store = new Memory(line.get(3), Long.parseLong(line.get(4)));
          return new Open(ring, Path.of(line.get(2)), shape, store, line.get(5));
        }
        case "launch" -> {
          for (String number : line.subList(2, 5)) {
            n.add(Long.parseLong(number));
          }
          return new Launch(ring, new Resume(n.get(0), n.get(1), n.get(2)));
        }
        case "stop" -> {
          return new Stop(ring);
        }
        case "ask" -> {
          return new Ask(ring);
        }
        case "close" -> {
          return new Close(ring);
        }
        default -> throw new IOException("'" + line.get(0) + "' is no command");
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw new IOException("no command: " + line, e);
    }
  }
}
