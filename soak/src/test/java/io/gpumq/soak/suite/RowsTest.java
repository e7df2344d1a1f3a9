package io.gpumq.soak.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.soak.guard.Reading;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Verification;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the suite, and when they are reached. */
class RowsTest {
  private static final Reading QUIET = new Reading(50, 2, 51, 0.1);
  private static final Tally CLEAN = new Tally(9, 9, 0, 0, 0, 0, 0, List.of());
  private static final Tally ONE_LOST = new Tally(9, 8, 1, 0, 0, 0, 0, List.of("lost"));

  @Test
  void everyRowHasAnAimAndANameOfItsOwn() {
    for (List<Row> rows : List.of(Limit.rows(), Queues.rows(), Isolation.rows())) {
      assertEquals(rows.size(), rows.stream().map(Row::name).distinct().count());
      assertTrue(rows.stream().noneMatch(row -> row.aims().isEmpty()));
    }
  }

  @Test
  void isolationMeasuresTheWorkloadsOfTheLimit() {
    for (Row row : Isolation.rows()) {
      if (row.kind() == Row.Kind.ISOLATED_RATE || row.kind() == Row.Kind.ISOLATED_TRIP) {
        String name = row.name().substring("isolated ".length());
        Row same = Limit.rows().stream().filter(r -> r.name().equals(name)).findFirst().get();
        assertEquals(knobs(same), knobs(row));
      }
    }
  }

  @Test
  void everyRateIsThereWithLightVerificationToo() {
    List<Row> rows = Limit.rows();
    int rates = 0;
    for (int i = 0; i < rows.size(); i++) {
      Row full = rows.get(i);
      if (full.kind() == Row.Kind.THROUGHPUT && full.verification() == Verification.FULL) {
        Row light = rows.get(i + 1);
        assertEquals(full.name() + ", light", light.name());
        assertEquals(Verification.LIGHT, light.verification());
        assertEquals(knobs(full), knobs(light));
        assertEquals(full.aims(), light.aims());
        assertFalse(light.beside());
        rates++;
      }
    }
    assertEquals(7, rates);
    assertEquals(rates, rows.stream().filter(r -> r.verification() == Verification.LIGHT).count());
  }

  @Test
  void everyRateOfManyQueuesIsThereWithLightVerificationToo() {
    List<String> light =
        Queues.rows().stream()
            .filter(row -> row.verification() == Verification.LIGHT)
            .map(Row::name)
            .toList();
    assertEquals(
        Queues.rows().stream()
            .filter(row -> row.verification() == Verification.FULL)
            .filter(
                row ->
                    List.of("10,000 queues in", "1,000 queues, 16 to 1024 B", "echo", "drain")
                        .stream()
                        .anyMatch(row.name()::startsWith))
            .map(row -> row.name() + ", light")
            .toList(),
        light);
    assertEquals(
        QueueConfig.MAX_PAYLOAD_BYTES >= 1 << 20,
        light.contains("echo 1048576 B, 4 producers, light"));
  }

  @Test
  void aPartOfManyQueuesIsNeverFew() {
    var tenth = new Extent(2, 1, Extent.AS_MUCH_AS_IS_FREE, 10);
    assertEquals(100_000, tenth.of(1_000_000));
    assertEquals(16, tenth.of(100));
    assertEquals(1, tenth.of(1));
  }

  @Test
  void rowsAreChosenByNameOrByAPartOfIt() {
    List<Row> rows = Limit.rows();
    assertEquals(rows, RowChoice.ALL.of(rows));
    assertEquals(
        List.of("echo 256 B, 1 producer"), chosen("echo 256 B, 1 producer"), "the whole name");
    assertEquals(
        List.of("echo 256 B, 4 producers", "echo 256 B, 4 producers, light", "backlog"),
        chosen("backlog", "echo 256 B, 4 producers, light", "echo 256 B, 4 producers"));
    assertEquals(5, chosen("round trip").size());
    String refused =
        assertThrows(ConfigException.class, () -> chosen("backlog", "fish")).getMessage();
    assertTrue(refused.startsWith("rows 'fish': must be"), refused);
    assertTrue(refused.contains("; round trip 448 B; "), refused);
  }

  @Test
  void rowsAreChosenByTheirVerification() {
    List<Row> rows = Limit.rows();
    var light = new RowChoice(List.of(), Set.of(Verification.LIGHT));
    assertEquals(7, light.of(rows).size());
    assertTrue(light.of(rows).stream().allMatch(row -> row.name().endsWith(", light")));
    var full = new RowChoice(List.of("echo 256 B, 4"), Set.of(Verification.FULL));
    assertEquals(
        List.of("echo 256 B, 4 producers", "heap, echo 256 B, 4 producers"),
        full.of(rows).stream().map(Row::name).toList());
    var none = new RowChoice(List.of("backlog"), Set.of(Verification.LIGHT));
    String refused = assertThrows(ConfigException.class, () -> none.of(rows)).getMessage();
    assertEquals("rows [backlog]: none of them is verified that way", refused);
  }

  private static List<Row> rows(String... texts) {
    return new RowChoice(List.of(texts), Set.of(Verification.values())).of(Limit.rows());
  }

  private static List<String> chosen(String... texts) {
    return rows(texts).stream().map(Row::name).toList();
  }

  private static List<Object> knobs(Row row) {
    return List.of(
        row.payloadBytes(),
        row.handler(),
        row.producers(),
        row.mostConsumers(),
        row.lanes(),
        row.batch(),
        row.maxMessages());
  }

  @Test
  void isolationIsForTrackBAlone() {
    assertTrue(Isolation.rows().stream().noneMatch(Row::beside));
  }

  @Test
  void trackACarriesRoundTripsAndSmallMessages() {
    List<String> beside =
        Limit.rows().stream()
            .filter(Row::beside)
            .map(row -> row.kind() + " " + row.payloadBytes() + " by " + row.producers())
            .toList();
    assertEquals(
        List.of(
            "THROUGHPUT 256 by 1",
            "THROUGHPUT 256 by 4",
            "ROUND_TRIP 64 by 1",
            "ROUND_TRIP 256 by 1",
            "ROUND_TRIP 448 by 1",
            "ROUND_TRIP 1024 by 1",
            "ROUND_TRIP 4096 by 1"),
        beside);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 2", "1, 2, 4", "1, 4, 16", "4, 1, 2", "4, 1, 6", "4, 3, 8", "4, 10, 64"})
  void consumersAreWhatTheCoresLeave(int producers, int consumers, int cores) {
    Row row =
        Limit.rows().stream()
            .filter(r -> r.kind() == Row.Kind.THROUGHPUT && r.producers() == producers)
            .findFirst()
            .orElseThrow();
    assertEquals(consumers, row.consumers(cores));
  }

  @ParameterizedTest
  @CsvSource({"2, 2, echo 256 B", "16, 5, echo 256 B", "16, 14, 4 producers", "64, 16, several"})
  void theGuardLoopHasTheThreadsOfTheRowAndNoMoreThanCores(int cores, int threads, String name) {
    assertEquals(threads, rows(name).get(0).threads(cores));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "4, 2", "7, 2", "8, 4", "15, 4", "16, 8", "64, 8"})
  void asManyQueuesAsThereAreThreadsFor(int cores, int queues) {
    assertEquals(queues, ManyQueues.count(cores));
  }

  @Test
  void anAimIsReachedAtItsLimit() {
    assertTrue(reached("cuda", CLEAN, 2.5, 4.0));
    assertFalse(reached("cuda", CLEAN, 2.51, 4.0));
    assertFalse(reached("cuda", CLEAN, 2.5, 4.01));
    assertTrue(Aim.atLeast(Figure.MSG_S, 7).reachedBy(7));
    assertFalse(Aim.atLeast(Figure.MSG_S, 7).reachedBy(6.9));
  }

  @Test
  void aRowThatLostAMessageReachesNothing() {
    assertFalse(reached("cuda", ONE_LOST, 1, 1));
    var died = new IllegalStateException("died");
    assertFalse(
        new Outcome(row(), 1, "b", "cuda", "", null, 1, Map.of(), null, QUIET, died).reached());
  }

  @Test
  void theHostIsNotJudged() {
    assertNull(reached("host", CLEAN, 1, 1));
  }

  private static Boolean reached(String device, Tally tally, double p50, double p99) {
    Map<Figure, Double> seen = Map.of(Figure.P50_US, p50, Figure.P99_US, p99, Figure.P999_US, 15.0);
    return new Outcome(row(), 1, "b", device, "", null, 1, seen, tally, QUIET, null).reached();
  }

  /** The first round trip: p50 at most 2.5, p99 at most 4, p99.9 at most 15. */
  private static Row row() {
    return Limit.rows().stream()
        .filter(row -> row.kind() == Row.Kind.ROUND_TRIP)
        .findFirst()
        .orElseThrow();
  }
}
