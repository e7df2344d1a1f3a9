package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Retention;
import io.gpumq.api.Track;
import io.gpumq.conformance.Step.Act;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Random sends, polls, acknowledgements, refusals, deletions, trims, reads by position, lease ends,
 * deaths of consumers and closes against a plain model. A track extends this once for each of its
 * devices; jqwik prints the seed, and shrinks the steps of a failure.
 */
public abstract class ModelTest {
  private static final AtomicLong NAMES = new AtomicLong();
  private static final Duration LEASE = Duration.ofMillis(40);

  private Track track;

  /** Opens the track under test. Called once. */
  protected abstract Track openTrack();

  /** Whether try-send finds the room of an acknowledged entry at once, not a moment later. */
  protected boolean roomAtOnce() {
    return false;
  }

  /** How a queue is built, and who reads it. */
  record Shape(
      int capacity,
      int groups,
      int consumers,
      int maxDeliveries,
      int maxDeadLetters,
      String handler,
      Rules rules,
      long contents) {}

  /** Which messages come next, and how long they stay. */
  record Rules(boolean strictOrder, Retention retention) {}

  @BeforeProperty
  void openSharedTrack() {
    track = openTrack();
  }

  @AfterProperty
  void closeSharedTrack() {
    if (track != null) {
      track.close();
    }
  }

  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  void losesNothing(@ForAll("shapes") Shape shape, @ForAll("steps") List<Step> steps)
      throws InterruptedException {
    try (MessageQueue queue = track.open(config(shape));
        MessageQueue letters = queue.deadLetters()) {
      assertTrue(letters.config().keepsLetters());
      run(queue, shape, steps).drainAndClose();
    }
  }

  @Property(tries = 15, edgeCases = EdgeCasesMode.NONE)
  void closesAsThingsAre(@ForAll("shapes") Shape shape, @ForAll("steps") List<Step> steps)
      throws InterruptedException {
    try (MessageQueue queue = track.open(config(shape));
        MessageQueue letters = queue.deadLetters()) {
      assertTrue(letters.config().keepsLetters());
      run(queue, shape, steps).closeAbruptly();
    }
  }

  private ModelRun run(MessageQueue queue, Shape shape, List<Step> steps)
      throws InterruptedException {
    ModelRun run =
        new ModelRun(queue, shape.groups(), shape.consumers(), roomAtOnce(), shape.contents());
    for (int i = 0; i < steps.size(); i++) {
      try {
        run.run(steps.get(i));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("step " + i + ", " + steps.get(i) + ": " + e.getMessage(), e);
      }
    }
    return run;
  }

  private static QueueConfig config(Shape shape) {
    String name = "m-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet();
    return QueueConfig.named(name)
        .maxMessages(shape.capacity())
        .maxPayloadBytes(128)
        .handler(shape.handler())
        .lease(LEASE)
        .maxDeliveries(shape.maxDeliveries())
        .maxDeadLetters(shape.maxDeadLetters())
        .strictOrder(shape.rules().strictOrder())
        .retention(shape.rules().retention())
        .build();
  }

  @Provide
  Arbitrary<Shape> shapes() {
    return Combinators.combine(
            Arbitraries.of(2, 4, 8, 32),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(1, 2, 3, 1000),
            Arbitraries.of(1, 3, 100_000),
            Arbitraries.of("echo", "crc32c", "sha256", "fail:every=5", "fail:every=3,attempts=2"),
            rules(),
            Arbitraries.longs())
        .as(Shape::new);
  }

  private static Arbitrary<Rules> rules() {
    return Combinators.combine(
            Arbitraries.of(false, true),
            Arbitraries.of(Retention.whenSettled(), Retention.untilTrimmed()))
        .as(Rules::new);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> choice = Arbitraries.integers().between(0, 999);
    return Combinators.combine(acts(), choice, choice, choice)
        .as(Step::new)
        .list()
        .ofMinSize(100)
        .ofMaxSize(500);
  }

  private Arbitrary<Act> acts() {
    return Arbitraries.frequency(
        Tuple.of(8, Act.SEND),
        Tuple.of(8, Act.TRY_SEND),
        Tuple.of(4, Act.SEND_BATCH),
        Tuple.of(4, Act.TRY_SEND_BATCH),
        Tuple.of(24, Act.POLL),
        Tuple.of(12, Act.ACKNOWLEDGE),
        Tuple.of(12, Act.ACKNOWLEDGE_BATCH),
        Tuple.of(4, Act.ACKNOWLEDGE_WRONGLY),
        Tuple.of(10, Act.REFUSE),
        Tuple.of(4, Act.DELETE),
        Tuple.of(4, Act.TRIM),
        Tuple.of(6, Act.READ),
        Tuple.of(1, Act.LEASE_END),
        Tuple.of(5, Act.CLOSE_CONSUMER),
        Tuple.of(5, Act.TAKE_DEAD_LETTERS),
        Tuple.of(3, Act.CHECK_STATS));
  }
}
