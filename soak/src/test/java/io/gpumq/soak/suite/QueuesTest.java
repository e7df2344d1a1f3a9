package io.gpumq.soak.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.soak.bench.Doctored;
import io.gpumq.soak.bench.Doctored.Fault;
import io.gpumq.soak.bench.Progress;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The suite of many queues in miniature, over the ring on threads and over a track in memory. */
class QueuesTest {
  private static final int PART = 2000;
  private static final long BACKLOG = 2_000_000;

  @Test
  void everyRowIsThereWithItsFiguresAndVerified() throws InterruptedException {
    List<Outcome> outcomes =
        run(
            Queues.rows(),
            Duration.ofSeconds(30),
            (name, settings) -> Tracks.open(name, new TrackOptions("host", settings)));
    assertEquals(Queues.rows(), outcomes.stream().map(Outcome::row).toList());
    for (Outcome outcome : outcomes) {
      Row row = outcome.row();
      assertTrue(outcome.clean(), () -> row.name() + ": " + outcome.problem() + outcome.tally());
      boolean carries = row.kind() != Row.Kind.EMPTY;
      assertEquals(carries, outcome.tally().received() > 0, row.name());
      for (Aim aim : row.aims()) {
        assertTrue(outcome.seen().containsKey(aim.figure()), row.name() + ": " + aim.figure());
      }
    }
    Map<Figure, Double> small = seen(outcomes, Row.Kind.SMALL);
    assertEquals(500, small.get(Figure.QUEUES));
    assertTrue(small.get(Figure.STORE_BYTES) > 500 * 10 * 256, small::toString);
    assertTrue(small.get(Figure.PINNED_BYTES) > 1e6, small::toString);
    Map<Figure, Double> empty = seen(outcomes, Row.Kind.EMPTY);
    assertEquals(0, empty.get(Figure.STORE_BYTES));
    assertEquals(0, empty.get(Figure.MORE_PINNED_BYTES));
    assertEquals(5000, seen(outcomes, Row.Kind.PENDING).get(Figure.PENDING));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"NONE", "DIE"})
  void aPlantedFaultIsFoundInItsRowAlone(Fault fault) throws InterruptedException {
    var track = new Doctored("b", fault);
    List<Row> rows =
        Queues.rows().stream()
            .filter(row -> row.kind() == Row.Kind.IN_TURN || row.kind() == Row.Kind.MIXED)
            .toList();
    List<Outcome> outcomes = run(rows, Duration.ofSeconds(2), (name, settings) -> track);
    Tally tally = outcomes.get(0).tally();
    assertFalse(tally.clean());
    long bad = tally.lost() + tally.duplicated() + tally.reordered() + tally.corrupted();
    assertEquals(1, bad, tally.verdict());
    assertTrue(outcomes.subList(1, outcomes.size()).stream().allMatch(Outcome::clean));
  }

  @Test
  void aRowThatFindsTooLittleMemoryIsSkipped() throws InterruptedException {
    List<Row> rows = Queues.rows().stream().filter(row -> row.kind() == Row.Kind.PENDING).toList();
    Opener small = (name, settings) -> new Small(new Doctored(name, Fault.NONE), 10_000_000);
    Outcome outcome = run(rows, Duration.ofSeconds(2), small).get(0);
    assertTrue(outcome.skipped());
    assertFalse(outcome.clean());
    assertFalse(outcome.judged());
    assertEquals(
        "wants a store for 9 MB, and there is one for 8 MB: --set store.bytes=11M",
        outcome.problem());
  }

  private static Map<Figure, Double> seen(List<Outcome> outcomes, Row.Kind kind) {
    return outcomes.stream().filter(o -> o.row().kind() == kind).findFirst().orElseThrow().seen();
  }

  private static List<Outcome> run(List<Row> rows, Duration patience, Opener tracks)
      throws InterruptedException {
    var plan =
        new SuitePlan(
            List.of("b"),
            Map.of(),
            Duration.ofMillis(200),
            Duration.ofMillis(5),
            1,
            new Extent(2, 1, BACKLOG, PART),
            7,
            patience);
    return new Suite(plan, rows, tracks, Progress.NONE).run();
  }
}
