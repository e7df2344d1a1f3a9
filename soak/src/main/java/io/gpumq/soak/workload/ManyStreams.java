package io.gpumq.soak.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * The messages of many queues, a stream each, with all that is sent and seen of them. Takes 8 bytes
 * a stream for each end, so a million streams are no burden. For one thread, as long as no writer
 * and no checker is at work.
 */
public final class ManyStreams {
  private static final int DESCRIBED = 8;

  private final StreamForm form;
  private final int count;
  private final List<StreamWriter> writers = new ArrayList<>();
  private final List<StreamChecker> checkers = new ArrayList<>();

  /**
   * @param seed of every message
   * @param least bytes of a message, 16 or more
   * @param most bytes of a message; sizes between are equally frequent
   * @param count how many streams
   */
  public ManyStreams(Verification verification, long seed, int least, int most, int count) {
    this.form = new StreamForm(verification, seed, least, most);
    this.count = count;
  }

  /** How many streams. */
  public int count() {
    return count;
  }

  /** Most bytes of a message. */
  public int mostBytes() {
    return form.mostBytes();
  }

  /** One more writer. A stream that it writes is its alone. */
  public StreamWriter writer() {
    var writer = new StreamWriter(form, count);
    writers.add(writer);
    return writer;
  }

  /**
   * One more checker. What a stream's readers saw is told together at the end.
   *
   * @param reader its name, for what is said about it
   */
  public StreamChecker checker(String reader) {
    var checker = new StreamChecker(form, count, reader);
    checkers.add(checker);
    return checker;
  }

  /** How many messages of a stream were sent. */
  public long sent(int stream) {
    long sent = 0;
    for (StreamWriter writer : writers) {
      sent += writer.sent(stream);
    }
    return sent;
  }

  /** Compares what was sent with what was seen. */
  public Tally settle() {
    var problems = new ArrayList<String>();
    long sent = 0;
    long lost = 0;
    long duplicated = 0;
    long corrupted = 0;
    long reordered = 0;
    for (int stream = 0; stream < count; stream++) {
      var ranges = new Ranges();
      for (StreamChecker checker : checkers) {
        reordered += checker.collectInto(stream, ranges);
      }
      Ranges.Sweep sweep = ranges.sweep(sent(stream));
      sent += sent(stream);
      lost += sweep.missing();
      duplicated += sweep.repeated();
      corrupted += sweep.unsent();
      for (String example : sweep.examples()) {
        if (problems.size() < DESCRIBED) {
          problems.add("stream " + stream + ": " + example);
        }
      }
    }
    long received = 0;
    for (StreamChecker checker : checkers) {
      received += checker.seen();
      corrupted += checker.corrupted();
      problems.addAll(checker.problems());
    }
    return new Tally(
        sent,
        received,
        lost,
        duplicated,
        reordered,
        corrupted,
        0,
        problems.subList(0, Math.min(DESCRIBED, problems.size())));
  }
}
