package io.gpumq.soak.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.soak.bench.Doctored.Fault;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole benches over a track in memory, honest or not. */
class BenchTest {
  @ParameterizedTest
  @ValueSource(strings = {"echo", "crc32c", "sha256", "fail:every=7"})
  void anHonestTrackIsCleanWithLightVerification(String handler) throws InterruptedException {
    Plan plan = new Plan().handler(handler).verification(Verification.LIGHT);
    for (BenchResult result : run(plan, Fault.NONE)) {
      assertTrue(result.total().clean(), result.total().problems().toString());
      assertEquals(3000, result.received());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "crc32c", "sha256", "fail:every=7", "fail:every=7,attempts=1"})
  void anHonestTrackIsCleanWithAnyHandler(String handler) throws InterruptedException {
    List<BenchResult> results = run(new Plan().handler(handler), Fault.NONE);
    for (BenchResult result : results) {
      assertTrue(result.total().clean(), result.total().problems().toString());
      assertEquals(3000, result.sent());
      assertEquals(3000, result.received());
      assertEquals(handler.equals("fail:every=7"), result.total().deadLettered() > 0);
      assertTrue(result.messagesPerSecond() > 0);
      assertRising(result.latency());
      assertRising(result.roundTrip());
    }
    assertEquals(List.of("a 64", "a 300", "b 64", "b 300"), sizes(results));
  }

  @Test
  void producersAndConsumersShareTheWork() throws InterruptedException {
    for (BenchResult result : run(new Plan().threads(3, 2), Fault.NONE)) {
      assertTrue(result.total().clean(), result.total().problems().toString());
      assertEquals(3000, result.sent());
    }
  }

  @Test
  void aSmallRingHoldsProducersBackAndLosesNothing() throws InterruptedException {
    for (BenchResult result : run(new Plan().maxMessages(2), Fault.NONE)) {
      assertTrue(result.total().clean(), result.total().problems().toString());
    }
  }

  @Test
  void aQueueIsInStrictOrderWhereThePlanSaysSo() {
    List<String> tracks = List.of("b");
    assertTrue(new Plan().strictOrder().build(tracks).queue("q", 64).strictOrder());
    assertFalse(new Plan().build(tracks).queue("q", 64).strictOrder());
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(Fault.LOSE, Verification.FULL, new long[] {1, 0, 0, 0}),
        Arguments.of(Fault.DUPLICATE, Verification.FULL, new long[] {0, 1, 0, 0}),
        Arguments.of(Fault.REORDER, Verification.FULL, new long[] {0, 0, 1, 0}),
        Arguments.of(Fault.CORRUPT, Verification.FULL, new long[] {0, 0, 0, 1}),
        Arguments.of(Fault.OVERWRITE, Verification.FULL, new long[] {0, 0, 0, 1}),
        Arguments.of(Fault.LOSE, Verification.LIGHT, new long[] {1, 0, 0, 0}),
        Arguments.of(Fault.DUPLICATE, Verification.LIGHT, new long[] {0, 1, 0, 0}),
        Arguments.of(Fault.REORDER, Verification.LIGHT, new long[] {0, 0, 1, 0}),
        Arguments.of(Fault.OVERWRITE, Verification.LIGHT, new long[] {0, 0, 0, 1}));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void oneFaultAmongThousandsIsFound(Fault fault, Verification verification, long[] expected)
      throws InterruptedException {
    Plan plan = new Plan().verification(verification).patience(Duration.ofMillis(300));
    List<BenchResult> results = run(plan, fault);
    Tally tally = results.get(0).total();
    assertFalse(tally.clean());
    assertEquals(
        "lost %d, duplicated %d, reordered %d, corrupted %d"
            .formatted(expected[0], expected[1], expected[2], expected[3]),
        tally.verdict());
    assertFalse(tally.problems().isEmpty());
  }

  @Test
  void aSizeThatFailsKeepsTheResultsOfTheOthers() throws InterruptedException {
    var opened = new ArrayList<String>();
    var told = new ArrayList<String>();
    BenchOutcome outcome =
        new Bench(
                new Plan().build(List.of("a", "b")),
                name -> {
                  opened.add(name);
                  // The second of Track A is the first that is measured.
                  boolean dies = opened.equals(List.of("b", "a"));
                  return new Doctored(name, dies ? Fault.DIE : Fault.NONE);
                },
                told(told))
            .run();
    assertEquals(List.of("b", "a", "a", "b"), opened);
    assertEquals(List.of("a 300", "b 64", "b 300"), sizes(outcome.results()));
    assertEquals(1, outcome.failures().size());
    assertEquals("a", outcome.failures().get(0).track());
    assertEquals(64, outcome.failures().get(0).payloadBytes());
    assertEquals("the track died", outcome.failures().get(0).cause().getMessage());
    assertTrue(told.get(0).startsWith("track a, 64 B: FAILED: "), told.toString());
    assertEquals(4, told.size());
  }

  @Test
  void aTrackThatCannotBeHadIsRefusedBeforeAnotherIsMeasured() {
    var told = new ArrayList<String>();
    var bench =
        new Bench(
            new Plan().build(List.of("b", "a")),
            name -> {
              if (name.equals("a")) {
                throw new TrackUnavailableException("no Redis");
              }
              return new Doctored(name, Fault.NONE);
            },
            told(told));
    assertEquals(
        "no Redis", assertThrows(TrackUnavailableException.class, bench::run).getMessage());
    assertEquals(List.of(), told);
  }

  @Test
  void aTrackThatIsGoneLaterKeepsWhatWasMeasured() throws InterruptedException {
    var opened = new ArrayList<String>();
    BenchOutcome outcome =
        new Bench(
                new Plan().build(List.of("b", "a")),
                name -> {
                  opened.add(name);
                  if (opened.size() > 2) {
                    throw new TrackUnavailableException("no Redis any more");
                  }
                  return new Doctored(name, Fault.NONE);
                },
                Progress.NONE)
            .run();
    assertEquals(List.of("b 64", "b 300"), sizes(outcome.results()));
    assertEquals(2, outcome.failures().size());
  }

  @ParameterizedTest
  @EnumSource(Bad.class)
  void badPlansAreRefusedByName(Bad bad) {
    String message =
        assertThrows(ConfigException.class, () -> bad.plan.build(List.of("a"))).getMessage();
    assertTrue(message.startsWith(bad.start), message);
  }

  enum Bad {
    PAYLOAD(new Plan().payloads(31), "payload 31: must be between 32 and 16777216"),
    HUGE(new Plan().payloads(16777217), "payload 16777217: must be"),
    PRODUCERS(new Plan().threads(0, 1), "producers 0: must be"),
    CONSUMERS(new Plan().threads(1, 65), "consumers 65: must be"),
    LIMIT(new Plan().maxMessages(0), "max-messages 0: must be 1 or more"),
    MESSAGES(new Plan().messages(0), "messages 0: must be"),
    RATE(new Plan().rate(0.5), "rate 0.5: must be"),
    NOT_A_RATE(new Plan().rate(Double.NaN), "rate NaN: must be");

    private final Plan plan;
    private final String start;

    Bad(Plan plan, String start) {
      this.plan = plan;
      this.start = start;
    }
  }

  @Test
  void progressRisesToTheEnd() throws InterruptedException {
    var fractions = new ArrayList<Double>();
    var finished = new ArrayList<String>();
    var progress =
        new Progress() {
          @Override
          public void at(String stage, double fraction) {
            fractions.add(fraction);
          }

          @Override
          public void finished(String brief) {
            finished.add(brief);
          }
        };
    BenchPlan plan = new Plan().build(List.of("a"));
    new Bench(plan, name -> new Doctored(name, Fault.NONE), progress).run();
    assertEquals(fractions.stream().sorted().toList(), fractions);
    assertEquals(1, fractions.get(fractions.size() - 1));
    assertEquals(2, finished.size());
  }

  private static Progress told(List<String> briefs) {
    return new Progress() {
      @Override
      public void at(String stage, double fraction) {}

      @Override
      public void finished(String brief) {
        briefs.add(brief);
      }
    };
  }

  private static List<String> sizes(List<BenchResult> results) {
    return results.stream().map(r -> r.track() + " " + r.payloadBytes()).toList();
  }

  private static List<BenchResult> run(Plan plan, Fault fault) throws InterruptedException {
    return new Bench(
            plan.build(List.of("a", "b")), name -> new Doctored(name, fault), Progress.NONE)
        .run()
        .results();
  }

  private static void assertRising(Percentiles p) {
    assertTrue(0 < p.p50() && p.p50() <= p.p95() && p.p95() <= p.p99(), p.toString());
    assertTrue(p.p99() <= p.p99_9() && p.p99_9() <= p.max(), p.toString());
  }

  /** A small plan, and what a test changes of it. */
  private static final class Plan {
    private List<Integer> payloads = List.of(64, 300);
    private int producers = 1;
    private int consumers = 1;
    private String handler = "echo";
    private Verification verification = Verification.FULL;
    private long messages = 3000;
    private double rate = 5000;
    private int maxMessages = 1024;
    private boolean strictOrder;
    private Duration patience = Duration.ofSeconds(30);

    Plan payloads(Integer... bytes) {
      payloads = List.of(bytes);
      return this;
    }

    Plan threads(int sending, int receiving) {
      producers = sending;
      consumers = receiving;
      return this;
    }

    Plan handler(String name) {
      handler = name;
      return this;
    }

    Plan verification(Verification how) {
      verification = how;
      return this;
    }

    Plan messages(long count) {
      messages = count;
      return this;
    }

    Plan rate(double perSecond) {
      rate = perSecond;
      return this;
    }

    Plan maxMessages(int messages) {
      maxMessages = messages;
      return this;
    }

    Plan strictOrder() {
      strictOrder = true;
      return this;
    }

    Plan patience(Duration time) {
      patience = time;
      return this;
    }

    BenchPlan build(List<String> tracks) {
      return new BenchPlan(
          tracks,
          payloads,
          producers,
          consumers,
          64,
          handler,
          verification,
          messages,
          BenchPlan.LONGEST,
          rate,
          Duration.ofMillis(40),
          Duration.ofMillis(20),
          maxMessages,
          1,
          strictOrder,
          7,
          patience);
    }
  }
}
