package io.gpumq.cli;

import io.gpumq.api.ConfigException;
import io.gpumq.soak.report.Environment;
import io.gpumq.soak.report.SuiteReport;
import io.gpumq.soak.report.SuiteText;
import io.gpumq.soak.suite.Isolation;
import io.gpumq.soak.suite.Limit;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Queues;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.suite.RowChoice;
import io.gpumq.soak.suite.Suite;
import io.gpumq.soak.suite.SuitePlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What {@code gpumq bench --suite} does. */
final class SuiteRunner {
  /** Tells of each device process that dies; held here, since loggers are kept weakly. */
  private static final Logger DEATHS = Logger.getLogger("io.gpumq.trackb.isolation");

  private static final Map<String, List<Row>> SUITES = new LinkedHashMap<>();

  static {
    SUITES.put(Limit.NAME, Limit.rows());
    SUITES.put(Queues.NAME, Queues.rows());
    SUITES.put(Isolation.NAME, Isolation.rows());
  }

  private final String suite;
  private final List<Row> rows;
  private final SuitePlan plan;
  private final Path json;
  private final PrintWriter out;
  private final PrintWriter err;

  /**
   * @param suite its name
   * @param choice of its rows
   * @throws ConfigException if there is no such suite or row, or nothing for the plan's tracks
   */
  SuiteRunner(
      String suite, RowChoice choice, SuitePlan plan, Path json, PrintWriter out, PrintWriter err) {
    List<Row> all = SUITES.get(suite);
    if (all == null) {
      throw new ConfigException(
          "suite '" + suite + "': must be one of " + String.join(", ", SUITES.keySet()));
    }
    this.rows = choice.of(all);
    if (plan.tracks().equals(List.of("a")) && rows.stream().noneMatch(Row::beside)) {
      throw new ConfigException("track a: these rows of suite " + suite + " are for track b alone");
    }
    this.suite = suite;
    this.plan = plan;
    this.json = json;
    this.out = out;
    this.err = err;
  }

  /** Runs every row, shows and writes what was seen; answers the exit code. */
  int run(String device, String redis) throws IOException, InterruptedException {
    int largest = rows.stream().filter(Row::beside).mapToInt(Row::payloadBytes).max().orElse(0);
    int longest = rows.stream().filter(Row::beside).mapToInt(Row::maxMessages).max().orElse(0);
    List<Outcome> outcomes;
    Level told = DEATHS.getLevel();
    if (suite.equals(Isolation.NAME)) {
      DEATHS.setLevel(Level.SEVERE); // dozens that are meant
    }
    try (var opener = new TrackOpener(device, plan.settings(), redis, largest, longest);
        ProgressDisplay display = ProgressDisplay.on(err)) {
      outcomes = new Suite(plan, rows, opener::open, display).run();
    } finally {
      DEATHS.setLevel(told);
    }
    Environment environment = Environment.current();
    out.print(SuiteText.of(environment, suite, outcomes, Terminal.columns()));
    out.flush();
    Files.writeString(json, SuiteReport.of(environment, suite, plan, outcomes).toJson());
    out.println("Written: " + json);
    out.flush();
    return complain(outcomes) ? GpuMq.FAILED : GpuMq.OK;
  }

  private boolean complain(List<Outcome> outcomes) {
    boolean any = false;
    for (Outcome outcome : outcomes) {
      if (!outcome.clean() && !outcome.skipped()) {
        any = true;
        String where = "track " + outcome.track() + ", " + outcome.row().name() + ": ";
        if (outcome.failure() != null) {
          err.print("FAILED: " + where);
          outcome.failure().printStackTrace(err);
        } else {
          err.println("VERIFICATION FAILED: " + where + outcome.tally().verdict());
          outcome.tally().problems().forEach(problem -> err.println("  " + problem));
        }
      }
    }
    err.flush();
    return any;
  }
}
