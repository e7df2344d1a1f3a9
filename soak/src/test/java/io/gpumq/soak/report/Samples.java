package io.gpumq.soak.report;

import io.gpumq.soak.bench.BenchOutcome;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.BenchResult;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Made-up results for tests of the reports: nothing here was measured. */
final class Samples {
  static final List<Integer> PAYLOADS = List.of(64, 256, 1024, 4096);

  private Samples() {}

  static BenchReport report(String... tracks) {
    return reportWithout("", tracks);
  }

  /** One in which a size failed, such as {@code a64}. */
  static BenchReport reportWithout(String failed, String... tracks) {
    return report(failed, 10_000, tracks);
  }

  /** One whose latency was measured at that rate. */
  static BenchReport at(double rate, String... tracks) {
    return report("", rate, tracks);
  }

  private static BenchReport report(String failed, double rate, String... tracks) {
    return BenchReport.of(
        new Environment(
            "Test <CPU> & more", 2, null, null, "17", "0.1.0", "abc", "2026-01-01T00:00:00Z"),
        plan(rate, tracks),
        new BenchOutcome(
            Stream.of(tracks)
                .flatMap(track -> PAYLOADS.stream().map(bytes -> result(track, bytes)))
                .filter(result -> !failed.equals(result.track() + result.payloadBytes()))
                .toList(),
            failed.isEmpty()
                ? List.of()
                : List.of(
                    new BenchOutcome.Failure(
                        failed.substring(0, 1),
                        Integer.parseInt(failed.substring(1)),
                        new IllegalStateException("<died>")))));
  }

  private static BenchPlan plan(double rate, String... tracks) {
    return new BenchPlan(
        List.of(tracks),
        PAYLOADS,
        1,
        1,
        256,
        "echo",
        BenchPlan.UNLIMITED,
        Duration.ofSeconds(2),
        rate,
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        65_536,
        2,
        false,
        42,
        Duration.ofSeconds(10));
  }

  private static BenchResult result(String track, int bytes) {
    double speed = track.equals("a") ? 1 : 130;
    double wait = track.equals("a") ? 190 : 9.75;
    return new BenchResult(
        track,
        "host",
        track.equals("a") ? "Redis Streams <6.2> & \"co\"" : "ring in memory, threads",
        bytes,
        1,
        "echo",
        1_000_000,
        1_000_000,
        speed * 150_000 * Math.pow(bytes, -0.2),
        new Percentiles(wait, wait * 1.6, wait * 3, wait * 12, wait * 70),
        10_000,
        new Percentiles(wait / 3, wait / 2, wait, wait * 4, wait * 50),
        new Tally(1_234_567, 1_234_567, 0, 0, 0, 0, 0, List.of()));
  }
}
