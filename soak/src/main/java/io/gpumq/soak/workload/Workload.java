package io.gpumq.soak.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * The messages of one queue: a {@link Generator} for each producer, a {@link Verifier} for each
 * consumer, and the reckoning at the end. Making generators and verifiers, and settling, is for one
 * thread.
 */
public final class Workload {
  private static final int DESCRIBED = 8;

  private final Bodies bodies;
  private final int queue;
  private final int producers;
  private final String handler;
  private final int handlerAttempts;
  private final List<Generator> generators = new ArrayList<>();
  private final List<Verifier> verifiers = new ArrayList<>();
  private final Verifier deadLetters;

  /**
   * @param bodies the run's; they set the payload's size
   * @param queue number of the queue, in every message
   * @param producers how many producers send
   * @param handler as in {@link io.gpumq.api.QueueConfig#handler()}
   * @param handlerAttempts as there
   */
  public Workload(Bodies bodies, int queue, int producers, String handler, int handlerAttempts) {
    this.bodies = bodies;
    this.queue = queue;
    this.producers = producers;
    this.handler = handler;
    this.handlerAttempts = handlerAttempts;
    for (int producer = 0; producer < producers; producer++) {
      generators.add(new Generator(bodies, queue, producer));
    }
    deadLetters = newVerifier("dead letters", true);
  }

  /** The generator of that producer: always the same one. */
  public Generator generator(int producer) {
    return generators.get(producer);
  }

  /**
   * A verifier for one more consumer.
   *
   * @param reader its name, for what is said about it
   */
  public Verifier verifier(String reader) {
    Verifier verifier = newVerifier(reader, false);
    verifiers.add(verifier);
    return verifier;
  }

  /** The verifier of what the dead-letter queue holds. */
  public Verifier deadLetters() {
    return deadLetters;
  }

  /** How many messages were sent so far, by every producer. */
  public long sent() {
    return generators.stream().mapToLong(Generator::sent).sum();
  }

  /** Compares what was sent with what was seen; nobody may send or check meanwhile. */
  public Tally settle() {
    var problems = new ArrayList<String>();
    long lost = 0;
    long duplicated = 0;
    long corrupted = deadLetters.corrupted();
    long reordered = 0;
    long received = 0;
    for (Verifier verifier : verifiers) {
      problems.addAll(verifier.problems());
      corrupted += verifier.corrupted();
      reordered += verifier.reordered(problems);
      received += verifier.seen();
    }
    problems.addAll(deadLetters.problems());
    for (int producer = 0; producer < producers; producer++) {
      var ranges = new Ranges();
      for (Verifier verifier : verifiers) {
        verifier.collectInto(producer, ranges);
      }
      deadLetters.collectInto(producer, ranges);
      Ranges.Sweep sweep = ranges.sweep(generator(producer).sent());
      lost += sweep.missing();
      duplicated += sweep.repeated();
      corrupted += sweep.unsent();
      for (String example : sweep.examples()) {
        problems.add("producer " + producer + ": " + example);
      }
    }
    return new Tally(
        sent(),
        received,
        lost,
        duplicated,
        reordered,
        corrupted,
        deadLetters.seen(),
        problems.subList(0, Math.min(DESCRIBED, problems.size())));
  }

  private Verifier newVerifier(String reader, boolean ofDeadLetters) {
    HandlerOracle oracle = HandlerOracle.of(handler, handlerAttempts);
    return new Verifier(bodies, reader, queue, producers, oracle, ofDeadLetters);
  }
}
