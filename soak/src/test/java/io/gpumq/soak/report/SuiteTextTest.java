package io.gpumq.soak.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.soak.suite.Figure;
import io.gpumq.soak.suite.Isolation;
import io.gpumq.soak.suite.Limit;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.workload.Tally;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables of made-up outcomes: nothing here was measured. */
class SuiteTextTest {
  private static final List<Row> ROUND_TRIPS =
      Limit.rows().stream().filter(row -> row.kind() == Row.Kind.ROUND_TRIP).toList();
  private static final Tally CLEAN = new Tally(1000, 1000, 0, 0, 0, 0, 0, List.of());
  private static final Tally ONE_LOST = new Tally(1000, 999, 1, 0, 0, 0, 0, List.of("lost"));

  @Test
  void saysForEachRowOfAGpuWhetherItIsReached() {
    String text =
        text(
            outcome(0, "b", "cuda", 2.5, CLEAN, null),
            outcome(1, "b", "cuda", 2.6, CLEAN, null),
            outcome(2, "b", "cuda", 2.4, ONE_LOST, null),
            outcome(3, "b", "cuda", 0, null, new IllegalStateException("died")),
            outcome(0, "a", "cuda", 87, CLEAN, null));
    assertEquals("yes", cell(text, "round trip 64 B", 2));
    assertEquals("no", cell(text, "round trip 256 B", 2));
    assertEquals("no", cell(text, "round trip 448 B", 2));
    assertEquals("no", cell(text, "round trip 1024 B", 2));
    assertEquals("p50 <= 2.50 µs, p99 <= 4.00 µs", cell(text, "round trip 64 B", 1));
    assertEquals("p50 2.50 µs, p99 2.50 µs", cell(text, "round trip 64 B", 3));
    assertEquals("p50 87.0 µs, p99 87.0 µs", cell(text, "round trip 64 B", 4));
    assertEquals("FAILED p50 2.40 µs, p99 2.40 µs", cell(text, "round trip 448 B", 3));
    assertEquals("FAILED", cell(text, "round trip 1024 B", 3));
    assertTrue(text.contains("Reached 1 of 4\n"), text);
    assertTrue(text.contains("Verified 3,999 messages, every byte: lost 1,"), text);
    assertFalse(text.contains("host"), text);
  }

  @Test
  void saysThatTheHostIsNoGpuAndJudgesNothing() {
    String text = text(outcome(0, "b", "host", 1, CLEAN, null));
    assertTrue(text.contains("on host device (no GPU)\n"), text);
    assertTrue(text.contains("no aim is judged there"), text);
    assertEquals("-", cell(text, "round trip 64 B", 2));
    assertFalse(text.contains("Reached"), text);
  }

  @Test
  void showsBothSidesOfAShareAndCountsDeaths() {
    Map<Figure, Double> rate = new EnumMap<>(Figure.class);
    rate.put(Figure.IN_PROCESS_MSG_S, 40e6);
    rate.put(Figure.MSG_S, 39e6);
    rate.put(Figure.RATE_OF_IN_PROCESS, 0.975);
    rate.put(Figure.SHARE_ERROR, 0.021);
    Map<Figure, Double> fault = new EnumMap<>(Figure.class);
    fault.put(Figure.P50_MS, 31.0);
    fault.put(Figure.MAX_MS, 120.0);
    fault.put(Figure.DEATHS, 40.0);
    String text = text(outcome(Row.Kind.ISOLATED_RATE, rate), outcome(Row.Kind.FAULT, fault));
    assertEquals(">= 95.0 % of in-process rate", cell(text, "isolated echo 256 B, 1 producer", 1));
    assertEquals("yes", cell(text, "isolated echo 256 B, 1 producer", 2));
    assertEquals(
        "97.5 % of in-process rate, 2.1 % standard error, 39.0 M msg/s, in-process 40.0 M msg/s",
        cell(text, "isolated echo 256 B, 1 producer", 3));
    assertEquals(
        "p50 <= 100 ms", cell(text, "recovery from an illegal address, with a standby", 1));
    assertEquals(
        "p50 31.0 ms, max 120 ms, deaths 40",
        cell(text, "recovery from an illegal address, with a standby", 3));
  }

  private static Outcome outcome(Row.Kind kind, Map<Figure, Double> seen) {
    Row row = Isolation.rows().stream().filter(r -> r.kind() == kind).findFirst().orElseThrow();
    return new Outcome(row, "b", "cuda", "track b", null, 1, seen, CLEAN, null);
  }

  private static String text(Outcome... outcomes) {
    return SuiteText.of(Limit.NAME, List.of(outcomes));
  }

  private static String cell(String text, String row, int column) {
    var line =
        new ArrayList<>(
            text.lines().filter(candidate -> candidate.startsWith(row + "  ")).toList());
    assertEquals(1, line.size(), text);
    return line.get(0).split(" {2,}")[column];
  }

  private static Outcome outcome(
      int number, String track, String device, double micros, Tally tally, Throwable failure) {
    Row row = ROUND_TRIPS.get(number);
    Map<Figure, Double> seen = new EnumMap<>(Figure.class);
    if (tally != null) {
      seen.put(Figure.P50_US, micros);
      seen.put(Figure.P99_US, micros);
    }
    return new Outcome(row, track, device, "track " + track, null, 1, seen, tally, failure);
  }
}
