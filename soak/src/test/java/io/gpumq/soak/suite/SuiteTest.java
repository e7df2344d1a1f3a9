package io.gpumq.soak.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.api.Tracks;
import io.gpumq.soak.bench.Doctored;
import io.gpumq.soak.bench.Doctored.Fault;
import io.gpumq.soak.bench.Progress;
import io.gpumq.soak.workload.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Whole suites in miniature, over the ring on threads and over a track in memory. */
class SuiteTest {
  private static final long BACKLOG = 4_000_000;
  private static final int DEATHS = 2;
  private static final int PART = 1000;

  @Test
  void everyRowIsThereWithItsFiguresAndVerified() throws InterruptedException {
    var told = new ArrayList<String>();
    var progress =
        new Progress() {
          @Override
          public void at(String stage, double fraction) {}

          @Override
          public void finished(String brief) {
            told.add(brief);
          }
        };
    List<Outcome> outcomes =
        new Suite(plan(Duration.ofSeconds(30)), Limit.rows(), SuiteTest::onHost, progress).run();
    assertEquals(Limit.rows(), outcomes.stream().map(Outcome::row).toList());
    assertEquals(outcomes.size(), told.size());
    for (Outcome outcome : outcomes) {
      String name = outcome.row().name();
      assertTrue(outcome.clean(), () -> name + ": " + outcome.problem() + outcome.tally());
      assertTrue(outcome.tally().received() > 0, name);
      assertTrue(outcome.plan().consumers() > 0, name);
      for (Aim aim : outcome.row().aims()) {
        assertTrue(outcome.seen().containsKey(aim.figure()), name + " has no " + aim.figure());
      }
      assertTrue(outcome.guard().oneMs() > 0, name);
      outcome
          .seen()
          .forEach((figure, value) -> assertTrue(value >= 0 && value < 1e12, name + figure));
    }
    Outcome backlog = find(outcomes, Row.Kind.BACKLOG);
    assertEquals(1.0, backlog.seen().get(Figure.FILLED));
    assertEquals(
        (double) BacklogSize.within(BACKLOG, BacklogSize.LARGE).bytes(),
        backlog.seen().get(Figure.HELD_BYTES));
    assertEquals(
        BacklogSize.within(BACKLOG, BacklogSize.LARGE).messages(), backlog.tally().received());
    for (Outcome outcome : outcomes) {
      boolean rate = outcome.row().kind() == Row.Kind.THROUGHPUT;
      assertEquals(rate, outcome.seen().containsKey(Figure.PRODUCERS_ALONE_MSG_S));
      assertEquals(rate, outcome.seen().containsKey(Figure.VERIFIERS_ALONE_MSG_S));
      boolean paced = outcome.row().kind() == Row.Kind.OPEN_LOOP;
      assertEquals(paced, outcome.seen().containsKey(Figure.GUARD_GAP_US));
      assertEquals(paced, outcome.seen().containsKey(Figure.BEYOND_GUARD_US));
    }
    assertEquals(5, find(outcomes, Row.Kind.START).tally().received());
    assertTrue(find(outcomes, Row.Kind.QUEUES).queues() >= 2);
  }

  @Test
  void everyDeathOfADeviceProcessCostsItsGuiltyMessageAlone() throws InterruptedException {
    List<Outcome> outcomes =
        new Suite(
                new SuitePlan(
                    List.of("b", "a"),
                    Map.of(),
                    Duration.ofMillis(40),
                    Duration.ofMillis(10),
                    1,
                    new Extent(2, DEATHS, BACKLOG, PART),
                    7,
                    Duration.ofSeconds(30)),
                Isolation.rows(),
                SuiteTest::onHost,
                Progress.NONE)
            .run();
    assertEquals(Isolation.rows(), outcomes.stream().map(Outcome::row).toList());
    for (Outcome outcome : outcomes) {
      String name = outcome.row().name();
      assertTrue(outcome.clean(), () -> name + ": " + outcome.problem() + outcome.tally());
      assertTrue(outcome.tally().received() > 0, name);
      for (Aim aim : outcome.row().aims()) {
        assertTrue(outcome.seen().get(aim.figure()) > 0, name + " has no " + aim.figure());
      }
      Row.Kind kind = outcome.row().kind();
      boolean guilty = kind == Row.Kind.FAULT || kind == Row.Kind.FAULT_ALONE;
      assertEquals(guilty ? DEATHS + 1 : 0, outcome.tally().deadLettered(), name);
    }
    for (Row.Kind kind : List.of(Row.Kind.FAULT, Row.Kind.FAULT_ALONE, Row.Kind.KILL)) {
      Map<Figure, Double> seen = find(outcomes, kind).seen();
      assertEquals(DEATHS, seen.get(Figure.DEATHS));
      assertTrue(seen.get(Figure.MAX_MS) >= seen.get(Figure.P50_MS), () -> kind + ": " + seen);
    }
  }

  /** A row that was to see deaths fails where nothing dies: it must not time what is not there. */
  @Test
  void aTrackWithoutADeviceProcessFailsTheRow() throws InterruptedException {
    Row fault =
        Isolation.rows().stream().filter(r -> r.kind() == Row.Kind.FAULT).findFirst().orElseThrow();
    Opener withoutProcess = (name, settings) -> onHost(name, Map.of());
    Outcome outcome =
        new Suite(plan(Duration.ofMillis(300)), List.of(fault), withoutProcess, Progress.NONE)
            .run()
            .get(0);
    assertTrue(outcome.problem().contains("another device process"), outcome.problem());
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"NONE", "DIE"})
  void aPlantedFaultIsFoundInItsRowAlone(Fault fault) throws InterruptedException {
    var track = new Doctored("b", fault);
    List<Outcome> outcomes = throughputs(Duration.ofSeconds(2), (name, settings) -> track);
    assertFalse(outcomes.get(0).clean());
    assertEquals(1, bad(outcomes.get(0)), outcomes.get(0).tally().verdict());
    assertTrue(outcomes.subList(1, outcomes.size()).stream().allMatch(Outcome::clean));
  }

  @Test
  void aTrackThatDiesFailsItsRowAndTheNextGetsAnother() throws InterruptedException {
    var opened = new ArrayList<Track>();
    List<Outcome> outcomes =
        throughputs(
            Duration.ofSeconds(30),
            (name, settings) -> {
              opened.add(new Doctored(name, opened.isEmpty() ? Fault.DIE : Fault.NONE));
              return opened.get(opened.size() - 1);
            });
    assertTrue(outcomes.get(0).problem().contains("the track died"), outcomes.get(0).problem());
    assertTrue(outcomes.subList(1, outcomes.size()).stream().allMatch(Outcome::clean));
    assertEquals(2, opened.size());
  }

  @Test
  void aTrackThatCannotBeHadIsRefusedBeforeAnyRow() {
    var plan =
        new SuitePlan(
            List.of("b", "a"),
            Map.of(),
            Duration.ofMillis(40),
            Duration.ofMillis(10),
            1,
            new Extent(2, 1, BACKLOG, PART),
            7,
            Duration.ofSeconds(30));
    var opened = new ArrayList<String>();
    Opener tracks =
        (name, settings) -> {
          opened.add(name);
          throw new TrackUnavailableException("no Redis");
        };
    var suite = new Suite(plan, Limit.rows(), tracks, Progress.NONE);
    assertThrows(TrackUnavailableException.class, suite::run);
    assertEquals(List.of("a"), opened);
  }

  @Test
  void aBacklogTakesLessWhereTheDeviceHasLess() throws InterruptedException {
    List<Row> row = List.of(only(Row.Kind.BACKLOG));
    long most = 200_000_000;
    SuitePlan asMuchAsIsFree = plan(Duration.ofSeconds(30), Extent.AS_MUCH_AS_IS_FREE);
    Opener small = (name, settings) -> new Small(new Doctored(name, Fault.NONE), most);
    Outcome taken = new Suite(asMuchAsIsFree, row, small, Progress.NONE).run().get(0);
    assertTrue(taken.clean(), taken.problem());
    double held = taken.seen().get(Figure.HELD_BYTES);
    assertTrue(held <= most && held > 0.8 * most, "held " + held);
    SuitePlan asked = plan(Duration.ofSeconds(30), 2 * most);
    Outcome refused = new Suite(asked, row, small, Progress.NONE).run().get(0);
    assertTrue(refused.problem().contains(ConfigException.class.getName()), refused.problem());
  }

  @Test
  void everyRowIsRunInEveryRound() throws InterruptedException {
    List<Row> rows =
        new RowChoice(List.of("round trip 64 B", "echo 256 B, 1"), Set.of(Verification.FULL))
            .of(Limit.rows());
    var plan =
        new SuitePlan(
            List.of("b"),
            Map.of(),
            Duration.ofMillis(20),
            Duration.ofMillis(10),
            2,
            new Extent(2, 1, BACKLOG, PART),
            7,
            Duration.ofSeconds(30));
    List<Outcome> outcomes =
        new Suite(plan, rows, (name, settings) -> new Doctored(name, Fault.NONE), Progress.NONE)
            .run();
    assertEquals(
        Stream.of(1, 2)
            .flatMap(round -> rows.stream().map(row -> round + " " + row.name()))
            .toList(),
        outcomes.stream().map(outcome -> outcome.round() + " " + outcome.row().name()).toList());
    assertTrue(outcomes.stream().allMatch(Outcome::clean));
  }

  private static List<Outcome> throughputs(Duration patience, Opener tracks)
      throws InterruptedException {
    List<Row> rows =
        Limit.rows().stream().filter(row -> row.kind() == Row.Kind.THROUGHPUT).limit(4).toList();
    return new Suite(plan(patience), rows, tracks, Progress.NONE).run();
  }

  private static long bad(Outcome outcome) {
    return outcome.tally().lost()
        + outcome.tally().duplicated()
        + outcome.tally().reordered()
        + outcome.tally().corrupted();
  }

  private static Outcome find(List<Outcome> outcomes, Row.Kind kind) {
    return outcomes.stream().filter(o -> o.row().kind() == kind).findFirst().orElseThrow();
  }

  private static Row only(Row.Kind kind) {
    return Limit.rows().stream().filter(row -> row.kind() == kind).findFirst().orElseThrow();
  }

  private static Track onHost(String name, Map<String, String> settings) {
    return Tracks.open(name, new TrackOptions("host", settings));
  }

  private static SuitePlan plan(Duration patience) {
    return plan(patience, BACKLOG);
  }

  private static SuitePlan plan(Duration patience, long backlog) {
    return new SuitePlan(
        List.of("b"),
        Map.of(),
        Duration.ofMillis(40),
        Duration.ofMillis(10),
        1,
        new Extent(2, DEATHS, backlog, PART),
        7,
        patience);
  }
}
