package io.gpumq.soak.report;

import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.suite.Aim;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.suite.SuitePlan;
import io.gpumq.soak.workload.Tally;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code suite.json} holds. The names of the fields here, in lower case with underscores, are
 * those of the file.
 *
 * @param settings of Track B
 * @param rows one for each row of the suite and each track that ran it
 */
public record SuiteReport(
    Environment environment,
    String suite,
    Map<String, String> settings,
    double durationS,
    double warmupS,
    long seed,
    List<RowFields> rows) {
  /**
   * One row on one track.
   *
   * @param aim what Track B is to reach on a GPU; empty for Track A
   * @param seen every figure by its name, such as {@code p50_us}
   * @param reached whether every aim is reached and every message verified; null where that is not
   *     judged: on device {@code host}, and for Track A
   * @param workload null where the row failed
   * @param tally null where the row failed
   * @param problem why the row failed, or null
   */
  public record RowFields(
      String name,
      String track,
      String device,
      String description,
      List<AimFields> aim,
      Map<String, Double> seen,
      Boolean reached,
      WorkloadFields workload,
      Tally tally,
      String problem) {}

  /**
   * One aim.
   *
   * @param bound {@code at_most} or {@code at_least}
   */
  public record AimFields(String figure, String bound, double limit) {}

  /**
   * What was carried.
   *
   * @param queues so many at once; the other fields are each queue's
   * @param rateMsgS null where messages are sent as fast as it goes
   */
  public record WorkloadFields(
      int queues,
      int payloadBytes,
      String handler,
      int producers,
      int consumers,
      int lanes,
      int batch,
      int capacity,
      Double rateMsgS) {}

  /** The report of a suite. */
  public static SuiteReport of(
      Environment environment, String suite, SuitePlan plan, List<Outcome> outcomes) {
    return new SuiteReport(
        environment,
        suite,
        plan.settings(),
        plan.duration().toNanos() / 1e9,
        plan.warmup().toNanos() / 1e9,
        plan.seed(),
        outcomes.stream().map(SuiteReport::fields).toList());
  }

  private static RowFields fields(Outcome outcome) {
    Row row = outcome.row();
    var seen = new LinkedHashMap<String, Double>();
    outcome.seen().forEach((figure, value) -> seen.put(figure.key(), Json.round(value)));
    List<Aim> aims = outcome.track().equals("b") ? row.aims() : List.of();
    return new RowFields(
        row.name(),
        outcome.track(),
        outcome.device(),
        outcome.description(),
        aims.stream().map(SuiteReport::fields).toList(),
        seen,
        outcome.reached(),
        outcome.plan() == null ? null : workload(row, outcome.plan(), outcome.queues()),
        outcome.tally(),
        outcome.problem());
  }

  private static AimFields fields(Aim aim) {
    return new AimFields(aim.figure().key(), aim.atMost() ? "at_most" : "at_least", aim.limit());
  }

  private static WorkloadFields workload(Row row, BenchPlan plan, int queues) {
    return new WorkloadFields(
        queues,
        plan.payloads().get(0),
        plan.handler(),
        plan.producers(),
        plan.consumers(),
        plan.lanes(),
        plan.batch(),
        plan.capacity(),
        row.rate() > 0 ? row.rate() : null);
  }

  /** The file's text. */
  public String toJson() {
    return Json.text(this);
  }
}
