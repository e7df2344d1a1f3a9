package io.gpumq.soak.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.soak.guard.Reading;
import io.gpumq.soak.suite.Extent;
import io.gpumq.soak.suite.Figure;
import io.gpumq.soak.suite.Limit;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.suite.SuitePlan;
import io.gpumq.soak.workload.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comparisons of made-up results, and results of older builds that were kept. */
class ComparisonTest {
  private static final Path KEPT = Path.of("../docs/results");
  private static final Row ROW = Limit.rows().get(0);
  private static final Tally CLEAN = new Tally(9, 9, 0, 0, 0, 0, 0, List.of());
  private static final Tally ONE_LOST = new Tally(9, 8, 1, 0, 0, 0, 0, List.of("lost"));
  private static final Reading QUIET = new Reading(50, 2, 51, 0.1);

  @Test
  void resultsOfOlderBuildsAreRead() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(KEPT)) {
      files = all.filter(file -> file.toString().matches(".*-suite-.*\\.json")).toList();
    }
    assertTrue(files.size() >= 10, () -> "these are not all: " + files);
    for (Path file : files) {
      SuiteReport report = SuiteReport.read(Files.readString(file));
      assertFalse(report.rows().isEmpty(), file.toString());
      for (SuiteReport.RowFields row : report.rows()) {
        assertTrue(row.clean(), () -> file + ": " + row);
        assertFalse(row.seen().isEmpty(), () -> file + ": " + row);
      }
    }
    String old = Files.readString(KEPT.resolve("h100-suite-limit-5.json"));
    SuiteReport.RowFields row = SuiteReport.read(old).rows().get(0);
    assertEquals(3.31456e7, row.seen().get("msg_s"));
    assertNull(row.guard());
    assertFalse(row.disturbed());
    assertNull(row.workload().verify());
    assertEquals(0, row.round());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    SuiteReport report = run("b", 40e6, CLEAN, QUIET);
    assertEquals(report, SuiteReport.read(report.toJson()));
  }

  @Test
  void whatIsNoResultIsRefused() {
    for (String text : List.of("", "{}", "[1]", "{\"suite\": \"limit\"}", "no json")) {
      assertThrows(IllegalArgumentException.class, () -> SuiteReport.read(text), text);
    }
  }

  @Test
  void showsMediansAndHowFarRunsLieApart() {
    List<SuiteReport> old =
        Stream.of(40e6, 38e6, 50e6).map(rate -> run("b", rate, CLEAN, QUIET)).toList();
    List<SuiteReport> fresh =
        Stream.of(45e6, 44e6, 9e6).map(rate -> run("b", rate, CLEAN, QUIET)).toList();
    String text = Comparison.of(old, fresh);
    assertTrue(text.contains("Track B, echo 256 B, 1 producer, on cuda\n"), text);
    String line = text.lines().filter(l -> l.contains("msg_s")).findFirst().orElseThrow();
    assertEquals(
        "msg_s 40.0 M msg/s 95 125 44.0 M msg/s 20 102 110 %", line.strip().replaceAll(" +", " "));
    assertFalse(text.contains("disturbed"), text);
  }

  @Test
  void comparesNothingThatWasNotVerified() {
    String text =
        Comparison.of(
            List.of(run("b", 1e6, CLEAN, QUIET)), List.of(run("b", 9e6, ONE_LOST, QUIET)));
    assertTrue(text.contains("FAILED in a run"), text);
    assertFalse(text.contains("9.00 M"), text);
  }

  @Test
  void saysWhichRowsOneBuildHasAlone() {
    String text =
        Comparison.of(
            List.of(run("b", 1e6, CLEAN, QUIET)),
            List.of(run("b", 1e6, CLEAN, QUIET), report("b", Limit.rows().get(1), 2e6)));
    assertTrue(text.contains("alone: echo 256 B, 1 producer, light\n"), text);
  }

  @Test
  void saysThatTheHostIsNoGpuAndThatAMachineWasDisturbed() {
    var gap = new Reading(50, 2, 51, 8);
    List<SuiteReport> one = List.of(run("a", 1e6, CLEAN, gap));
    String text = Comparison.of(one, one);
    assertTrue(text.contains("Track A, echo 256 B, 1 producer, on host device (no GPU)"), text);
    assertTrue(text.contains("machine disturbed before 2 of 2"), text);
  }

  private static SuiteReport run(String track, double rate, Tally tally, Reading guard) {
    String device = track.equals("b") ? "cuda" : "host";
    Map<Figure, Double> seen = Map.of(Figure.MSG_S, rate);
    return report(new Outcome(ROW, 1, track, device, "", null, 1, seen, tally, guard, null));
  }

  private static SuiteReport report(String track, Row row, double rate) {
    Map<Figure, Double> seen = Map.of(Figure.MSG_S, rate);
    return report(new Outcome(row, 1, track, "cuda", "", null, 1, seen, CLEAN, QUIET, null));
  }

  private static SuiteReport report(Outcome outcome) {
    var environment = new Environment("cpu", 2, 4, 8, null, null, "17", "1", "abc", "2026-01-01");
    var plan =
        new SuitePlan(
            List.of("b"),
            Map.of(),
            Duration.ofMillis(40),
            Duration.ofMillis(10),
            1,
            new Extent(2, 1, Extent.AS_MUCH_AS_IS_FREE, 1),
            7,
            Duration.ofSeconds(30));
    return SuiteReport.of(environment, Limit.NAME, plan, List.of(outcome));
  }
}
