package io.gpumq.soak.report;

import io.gpumq.soak.bench.BenchOutcome;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.BenchResult;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
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

  /** One of a machine with a GPU. */
  static BenchReport onGpu() {
    return report("", 10_000, (track, bytes) -> result("cuda", track, bytes), "a", "b");
  }

  /** One whose percentiles are drawn at random, with steps of all heights. */
  static BenchReport drawn(Random random) {
    return report("", 10_000, (track, bytes) -> drawn(random, track, bytes), "a", "b");
  }

  private static BenchReport report(String failed, double rate, String... tracks) {
    return report(failed, rate, (track, bytes) -> result("host", track, bytes), tracks);
  }

  private static BenchReport report(
      String failed,
      double rate,
      BiFunction<String, Integer, BenchResult> result,
      String... tracks) {
    return BenchReport.of(
        new Environment(
            "Test <CPU> & more", 2, 4, 8, null, null, "17", "0.1.0", "abc", "2026-01-01T00:00:00Z"),
        plan(rate, tracks),
        new BenchOutcome(
            Stream.of(tracks)
                .flatMap(track -> PAYLOADS.stream().map(bytes -> result.apply(track, bytes)))
                .filter(made -> !failed.equals(made.track() + made.payloadBytes()))
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
        Verification.FULL,
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

  private static BenchResult drawn(Random random, String track, int bytes) {
    return result("host", track, bytes, climbing(random), climbing(random));
  }

  private static Percentiles climbing(Random random) {
    var values = new double[5];
    values[0] = Math.pow(10, random.nextDouble() * 3);
    for (int i = 1; i < values.length; i++) {
      values[i] = values[i - 1] * Math.pow(10, random.nextInt(4) * random.nextDouble());
    }
    return new Percentiles(values[0], values[1], values[2], values[3], values[4]);
  }

  private static BenchResult result(String device, String track, int bytes) {
    double wait = track.equals("a") ? 190 : 9.75;
    return result(
        device,
        track,
        bytes,
        new Percentiles(wait, wait * 1.6, wait * 3, wait * 12, wait * 70),
        new Percentiles(wait / 3, wait / 2, wait, wait * 4, wait * 50));
  }

  private static BenchResult result(
      String device, String track, int bytes, Percentiles latency, Percentiles roundTrip) {
    double speed = track.equals("a") ? 1 : 130;
    return new BenchResult(
        track,
        device,
        track.equals("a") ? "Redis Streams <6.2> & \"co\"" : "ring in memory, threads",
        bytes,
        1,
        "echo",
        1_000_000,
        1_000_000,
        speed * 150_000 * Math.pow(bytes, -0.2),
        latency,
        10_000,
        roundTrip,
        new Tally(1_234_567, 1_234_567, 0, 0, 0, 0, 0, List.of()));
  }
}
