package io.gpumq.soak.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.soak.guard.Reading;
import io.gpumq.soak.suite.Figure;
import io.gpumq.soak.suite.Isolation;
import io.gpumq.soak.suite.Limit;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.suite.Skipped;
import io.gpumq.soak.workload.Tally;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables of made-up outcomes: nothing here was measured. */
class SuiteTextTest {
  private static final List<Row> ROUND_TRIPS =
      Limit.rows().stream().filter(row -> row.kind() == Row.Kind.ROUND_TRIP).toList();
  private static final Reading QUIET = new Reading(50, 2, 51, 0.1);
  private static final Environment MACHINE =
      new Environment("cpu", 2, 32_000_000_000L, 64_000_000, null, null, "17", "1", "abc", "now");
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
    assertEquals("yes", cell(text, "round trip 64 B", "reached"));
    assertEquals("no", cell(text, "round trip 256 B", "reached"));
    assertEquals("no", cell(text, "round trip 448 B", "reached"));
    assertEquals("no", cell(text, "round trip 1024 B", "reached"));
    assertEquals(
        "p50 <= 2.50 µs, p99 <= 4.00 µs, p99.9 <= 15.0 µs", cell(text, "round trip 64 B", "aim"));
    assertEquals(
        "p50 2.50 µs, p99 2.50 µs, p99.9 2.50 µs", cell(text, "round trip 64 B", "Track B"));
    assertEquals(
        "p50 87.0 µs, p99 87.0 µs, p99.9 87.0 µs", cell(text, "round trip 64 B", "Track A"));
    assertEquals(
        "FAILED p50 2.40 µs, p99 2.40 µs, p99.9 2.40 µs",
        cell(text, "round trip 448 B", "Track B"));
    assertEquals("FAILED", cell(text, "round trip 1024 B", "Track B"));
    assertTrue(text.contains("Reached 1 of 4\n"), text);
    assertTrue(text.contains("Verified 3,999 messages, every byte:\n  lost 1,"), text);
    assertFalse(text.contains("host"), text);
  }

  @Test
  void aRowThatFoundTooLittleIsNotJudged() {
    String text =
        text(
            outcome(0, "b", "cuda", 2.5, CLEAN, null),
            outcome(1, "b", "cuda", 0, null, new Skipped("wants more heap")));
    assertEquals("-", cell(text, "round trip 256 B", "reached"));
    assertEquals("SKIPPED wants more heap", cell(text, "round trip 256 B", "Track B"));
    assertTrue(text.contains("Reached 1 of 1\n"), text);
  }

  @Test
  void saysHowMuchMemoryTheMachineHas() {
    String text = text(outcome(0, "b", "cuda", 2.5, CLEAN, null));
    assertTrue(text.contains("\nHeap of 32.0 GB at most, /dev/shm of 64.0 MB\n"), text);
  }

  @Test
  void saysThatTheHostIsNoGpuAndJudgesNothing() {
    String text = text(outcome(0, "b", "host", 1, CLEAN, null));
    assertTrue(text.contains("on host device (no GPU)\n"), text);
    assertTrue(text.contains("no aim is judged there"), text);
    assertEquals("-", cell(text, "round trip 64 B", "reached"));
    assertFalse(text.contains("Reached"), text);
  }

  @Test
  void saysBeforeWhichRowsTheMachineWasDisturbed() {
    String text =
        text(
            guarded(0, 1, 2.5, QUIET),
            guarded(1, 1, 2.5, new Reading(56, 2, 51, 0.1)),
            guarded(2, 1, 2.5, new Reading(50, 2, 51, 3)));
    assertEquals("", cell(text, "round trip 64 B", "guard"));
    assertEquals(
        "disturbed: one thread 56.0 ms, 2 threads 51.0 ms, longest gap 0.10 ms",
        cell(text, "round trip 256 B", "guard"));
    assertEquals(
        "disturbed: one thread 50.0 ms, 2 threads 51.0 ms, longest gap 3.00 ms",
        cell(text, "round trip 448 B", "guard"));
    assertTrue(text.contains("Machine disturbed before 2 of 3 measurements\n"), text);
  }

  @Test
  void showsMediansOfSeveralRoundsAndJudgesThem() {
    var slow = new Reading(80, 2, 51, 0.1);
    String text =
        text(
            guarded(0, 1, 2.4, QUIET),
            guarded(0, 2, 9, slow),
            guarded(0, 3, 2.45, QUIET),
            guarded(1, 1, 2.4, QUIET),
            guarded(1, 2, 2.6, QUIET),
            guarded(1, 3, 2.7, QUIET));
    assertEquals("yes", cell(text, "round trip 64 B", "reached"));
    assertEquals("no", cell(text, "round trip 256 B", "reached"));
    assertEquals(
        "p50 2.45 µs (2.40 µs to 9.00 µs), p99 2.45 µs (2.40 µs to 9.00 µs),"
            + " p99.9 2.45 µs (2.40 µs to 9.00 µs)",
        cell(text, "round trip 64 B", "Track B"));
    assertTrue(
        cell(text, "round trip 64 B", "guard").startsWith("disturbed in 1 of 3 rounds: "), text);
    assertTrue(text.contains("Reached 1 of 2\n"), text);
  }

  @Test
  void oneRoundThatFailsFailsTheRow() {
    String text =
        text(
            guarded(0, 1, 2.4, QUIET),
            new Outcome(
                ROUND_TRIPS.get(0),
                2,
                "b",
                "cuda",
                "b",
                null,
                1,
                Map.of(),
                null,
                QUIET,
                new IllegalStateException("died")));
    assertEquals("no", cell(text, "round trip 64 B", "reached"));
    assertTrue(cell(text, "round trip 64 B", "Track B").startsWith("FAILED p50 2.40"), text);
  }

  @Test
  void lightMessagesAreNotSaidToBeCheckedToTheLastByte() {
    List<Row> rates =
        Limit.rows().stream().filter(row -> row.name().startsWith("echo 64 B")).toList();
    String text =
        SuiteText.of(MACHINE, Limit.NAME, rates.stream().map(SuiteTextTest::rate).toList(), 80);
    assertTrue(
        text.contains("Verified 1,000 messages, every byte; 1,000, one word of each:\n"), text);
  }

  private static Outcome rate(Row row) {
    Map<Figure, Double> seen = Map.of(Figure.MSG_S, 1e6);
    return new Outcome(row, 1, "b", "cuda", "track b", null, 1, seen, CLEAN, QUIET, null);
  }

  private static Outcome guarded(int number, int round, double micros, Reading guard) {
    Map<Figure, Double> seen = new EnumMap<>(Figure.class);
    seen.put(Figure.P50_US, micros);
    seen.put(Figure.P99_US, micros);
    seen.put(Figure.P999_US, micros);
    return new Outcome(
        ROUND_TRIPS.get(number), round, "b", "cuda", "b", null, 1, seen, CLEAN, guard, null);
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
    assertEquals(
        ">= 95.0 % of in-process rate", cell(text, "isolated echo 256 B, 1 producer", "aim"));
    assertEquals("yes", cell(text, "isolated echo 256 B, 1 producer", "reached"));
    assertEquals(
        "97.5 % of in-process rate, 2.1 % standard error, 39.0 M msg/s, in-process 40.0 M msg/s",
        cell(text, "isolated echo 256 B, 1 producer", "Track B"));
    assertEquals(
        "p50 <= 100 ms", cell(text, "recovery from an illegal address, with a standby", "aim"));
    assertEquals(
        "p50 31.0 ms, max 120 ms, deaths 40",
        cell(text, "recovery from an illegal address, with a standby", "Track B"));
  }

  @Test
  void aWiderTerminalIsUsed() {
    Map<Figure, Double> rate = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      rate.put(figure, 0.5);
    }
    List<Outcome> outcomes = List.of(outcome(Row.Kind.ISOLATED_RATE, rate));
    for (int columns : new int[] {80, 120, 200}) {
      String text = SuiteText.of(MACHINE, "isolation", outcomes, columns);
      int widest = text.lines().mapToInt(String::length).max().orElseThrow();
      assertTrue(widest <= columns && widest > columns - 40, widest + ":\n" + text);
    }
  }

  @Test
  void breaksWhatIsTooWideAndKeepsAPartWhole() {
    var out = new StringBuilder();
    Lines.wrap("head: ", "x".repeat(74) + ", " + "y".repeat(90) + ", z", ", ", 80, out);
    String under = "      ";
    assertEquals(
        "head: " + "x".repeat(74) + ",\n" + under + "y".repeat(90) + ",\n" + under + "z\n",
        out.toString());
  }

  private static Outcome outcome(Row.Kind kind, Map<Figure, Double> seen) {
    Row row = Isolation.rows().stream().filter(r -> r.kind() == kind).findFirst().orElseThrow();
    return new Outcome(row, 1, "b", "cuda", "track b", null, 1, seen, CLEAN, QUIET, null);
  }

  private static String text(Outcome... outcomes) {
    return SuiteText.of(MACHINE, Limit.NAME, List.of(outcomes), 80);
  }

  private static String cell(String text, String row, String name) {
    assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
    List<String> block =
        text.lines()
            .dropWhile(line -> !line.equals(row))
            .skip(1)
            .takeWhile(line -> line.startsWith("  "))
            .toList();
    var cell = new StringBuilder();
    String under = "";
    for (String line : block) {
      under = line.charAt(2) == ' ' ? under : line.substring(2, 11).strip();
      if (under.equals(name)) {
        cell.append(cell.isEmpty() ? "" : " ").append(line.substring(11));
      }
    }
    return cell.toString();
  }

  private static Outcome outcome(
      int number, String track, String device, double micros, Tally tally, Throwable failure) {
    Row row = ROUND_TRIPS.get(number);
    Map<Figure, Double> seen = new EnumMap<>(Figure.class);
    if (tally != null) {
      seen.put(Figure.P50_US, micros);
      seen.put(Figure.P99_US, micros);
      seen.put(Figure.P999_US, micros);
    }
    return new Outcome(
        row, 1, track, device, "track " + track, null, 1, seen, tally, QUIET, failure);
  }
}
