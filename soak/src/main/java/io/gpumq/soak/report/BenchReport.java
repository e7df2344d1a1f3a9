package io.gpumq.soak.report;

import io.gpumq.soak.bench.BenchOutcome;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.BenchResult;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.workload.Tally;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code bench.json} holds. The names of the fields here, in lower case with underscores, are
 * those of the file.
 *
 * @param failures the sizes that a track could not be measured with
 * @param ratioBOverA Track B's throughput over Track A's for each size of payload; empty unless
 *     both ran
 */
public record BenchReport(
    Environment environment,
    WorkloadFields workload,
    List<ResultFields> results,
    List<FailureFields> failures,
    Map<String, Double> ratioBOverA) {
  /**
   * What was asked for.
   *
   * @param verify {@code full} or {@code light}
   * @param messages of each throughput measurement, or null where the time alone ended it
   */
  public record WorkloadFields(
      List<String> tracks,
      List<Integer> payloadBytes,
      int producers,
      int consumers,
      int batch,
      String handler,
      String verify,
      Long messages,
      double rateMsgS,
      double durationS,
      double warmupS,
      long maxMessages,
      int lanes,
      boolean strictOrder,
      long seed) {}

  /**
   * What one track did with messages of one size. {@code lost} to {@code corrupted} cover every
   * message, warm-up, latency and round trips included; {@code sent} and {@code received} are those
   * of the throughput measurement.
   */
  public record ResultFields(
      String track,
      String device,
      String description,
      int payloadBytes,
      int producers,
      String handler,
      long sent,
      long received,
      long lost,
      long duplicated,
      long reordered,
      long corrupted,
      long deadLettered,
      long verified,
      double throughputMsgS,
      double throughputBytesS,
      Percentiles latencyUs,
      Percentiles roundTripUs) {}

  /**
   * One size that failed.
   *
   * @param problem what the track threw
   */
  public record FailureFields(String track, int payloadBytes, String problem) {}

  /** The report of a bench; Track A comes first. */
  public static BenchReport of(Environment environment, BenchPlan plan, BenchOutcome outcome) {
    List<BenchResult> results =
        outcome.results().stream().sorted(Comparator.comparing(BenchResult::track)).toList();
    return new BenchReport(
        environment,
        fields(plan),
        results.stream().map(BenchReport::fields).toList(),
        outcome.failures().stream()
            .map(f -> new FailureFields(f.track(), f.payloadBytes(), f.cause().toString()))
            .toList(),
        ratios(results));
  }

  private static WorkloadFields fields(BenchPlan plan) {
    return new WorkloadFields(
        plan.tracks(),
        plan.payloads(),
        plan.producers(),
        plan.consumers(),
        plan.batch(),
        plan.handler(),
        plan.verification().key(),
        plan.messages() == BenchPlan.UNLIMITED ? null : plan.messages(),
        plan.rate(),
        plan.duration().toNanos() / 1e9,
        plan.warmup().toNanos() / 1e9,
        plan.maxMessages(),
        plan.lanes(),
        plan.strictOrder(),
        plan.seed());
  }

  private static ResultFields fields(BenchResult result) {
    Tally total = result.total();
    return new ResultFields(
        result.track(),
        result.device(),
        result.description(),
        result.payloadBytes(),
        result.producers(),
        result.handler(),
        result.sent(),
        result.received(),
        total.lost(),
        total.duplicated(),
        total.reordered(),
        total.corrupted(),
        total.deadLettered(),
        total.received() + total.deadLettered(),
        Json.round(result.messagesPerSecond()),
        Json.round(result.bytesPerSecond()),
        result.latency(),
        result.roundTrip());
  }

  private static Map<String, Double> ratios(List<BenchResult> results) {
    var ratios = new LinkedHashMap<String, Double>();
    for (BenchResult b : results) {
      for (BenchResult a : results) {
        if (b.track().equals("b")
            && a.track().equals("a")
            && a.payloadBytes() == b.payloadBytes()
            && a.messagesPerSecond() > 0) {
          ratios.put(
              Integer.toString(a.payloadBytes()),
              Json.round(b.messagesPerSecond() / a.messagesPerSecond()));
        }
      }
    }
    return ratios;
  }

  /** The file's text. */
  public String toJson() {
    return Json.text(this);
  }
}
