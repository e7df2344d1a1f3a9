package io.gpumq.soak.report;

import com.google.gson.JsonParseException;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.guard.Quietest;
import io.gpumq.soak.guard.Reading;
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
 * @param rounds how often each row was run
 * @param rows one for each row of the suite, each track that ran it, and each round
 */
public record SuiteReport(
    Environment environment,
    String suite,
    Map<String, String> settings,
    double durationS,
    double warmupS,
    int rounds,
    long seed,
    List<RowFields> rows) {
  /**
   * One row on one track in one round.
   *
   * @param round from 1
   * @param aim what Track B is to reach on a GPU; empty for Track A
   * @param seen every figure by its name, such as {@code p50_us}
   * @param reached whether every aim is reached and every message verified; null where that is not
   *     judged: on device {@code host}, and for Track A
   * @param workload null where the row failed
   * @param tally null where the row failed
   * @param guard how the machine was before the row
   * @param problem why the row failed, or null
   */
  public record RowFields(
      String name,
      int round,
      String track,
      String device,
      String description,
      List<AimFields> aim,
      Map<String, Double> seen,
      Boolean reached,
      WorkloadFields workload,
      Tally tally,
      GuardFields guard,
      String problem) {
    /** Whether every message arrived once, in order, as it was sent. */
    boolean clean() {
      return problem == null && tally != null && tally.clean();
    }

    /** Whether the machine is known to have been disturbed before. */
    boolean disturbed() {
      return guard != null && guard.disturbed;
    }
  }

  /**
   * What the guard loop took before a row.
   *
   * @param disturbed whether that is more than on a machine that nothing disturbs
   */
  public record GuardFields(
      double oneThreadMs, int threads, double allThreadsMs, double gapMs, boolean disturbed) {}

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
   * @param verify {@code full} or {@code light}
   * @param rateMsgS null where messages are sent as fast as it goes
   */
  public record WorkloadFields(
      int queues,
      int payloadBytes,
      String handler,
      String verify,
      int producers,
      int consumers,
      int lanes,
      int batch,
      long maxMessages,
      Double rateMsgS) {}

  /** The report of a suite. */
  public static SuiteReport of(
      Environment environment, String suite, SuitePlan plan, List<Outcome> outcomes) {
    var quietest = new Quietest(outcomes.stream().map(Outcome::guard).toList());
    return new SuiteReport(
        environment,
        suite,
        plan.settings(),
        plan.duration().toNanos() / 1e9,
        plan.warmup().toNanos() / 1e9,
        plan.rounds(),
        plan.seed(),
        outcomes.stream().map(outcome -> fields(outcome, quietest)).toList());
  }

  private static RowFields fields(Outcome outcome, Quietest quietest) {
    Row row = outcome.row();
    var seen = new LinkedHashMap<String, Double>();
    outcome.seen().forEach((figure, value) -> seen.put(figure.key(), Json.round(value)));
    List<Aim> aims = outcome.track().equals("b") ? row.aims() : List.of();
    return new RowFields(
        row.name(),
        outcome.round(),
        outcome.track(),
        outcome.device(),
        outcome.description(),
        aims.stream().map(SuiteReport::fields).toList(),
        seen,
        outcome.reached(),
        outcome.plan() == null ? null : workload(row, outcome.plan(), outcome.queues()),
        outcome.tally(),
        fields(outcome.guard(), quietest),
        outcome.problem());
  }

  private static GuardFields fields(Reading guard, Quietest quietest) {
    return new GuardFields(
        Json.round(guard.oneMs()),
        guard.threads(),
        Json.round(guard.allMs()),
        Json.round(guard.gapMs()),
        quietest.isDisturbed(guard));
  }

  private static AimFields fields(Aim aim) {
    return new AimFields(aim.figure().key(), aim.atMost() ? "at_most" : "at_least", aim.limit());
  }

  private static WorkloadFields workload(Row row, BenchPlan plan, int queues) {
    return new WorkloadFields(
        queues,
        plan.payloads().get(0),
        plan.handler(),
        plan.verification().key(),
        plan.producers(),
        plan.consumers(),
        plan.lanes(),
        plan.batch(),
        plan.maxMessages(),
        row.rate() > 0 ? row.rate() : null);
  }

  /**
   * A report from its file's text. In one of an older build {@code rounds} and {@code round} are 0,
   * and {@code guard} and {@code verify} null.
   *
   * @throws IllegalArgumentException if it is not the text of a report
   */
  public static SuiteReport read(String text) {
    SuiteReport report;
    try {
      report = Json.read(text, SuiteReport.class);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("must be a result of gpumq bench --suite", e);
    }
    if (report == null || report.suite == null || report.rows == null) {
      throw new IllegalArgumentException(
          "must be a result of gpumq bench --suite: names no suite or has no rows");
    }
    return report;
  }

  /** The file's text. */
  public String toJson() {
    return Json.text(this);
  }
}
