package io.gpumq.cli;

import io.gpumq.soak.suite.Extent;
import io.gpumq.soak.suite.Isolation;
import io.gpumq.soak.suite.RowChoice;
import io.gpumq.soak.suite.SuitePlan;
import io.gpumq.soak.workload.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code gpumq bench} asks of a suite, and which of its options do not go with one. */
final class SuiteOptions {
  /** Begins the settings of device processes. */
  static final String ISOLATION = "isolation";

  private static final int TURNS = 24;
  private static final int QUICK_TURNS = 4;
  private static final int DEATHS = 16;
  private static final int QUICK_DEATHS = 5;

  /** Of the queues of a row that names many, one in so many. */
  private static final int QUICK_PART = 100;

  /** What every row of a suite sets itself, and what a suite does not write. */
  private static final List<String> NOT_WITH_SUITE =
      List.of(
          "--payload",
          "--handler",
          "--producers",
          "--consumers",
          "--batch",
          "--max-messages",
          "--lanes",
          "--strict-order",
          "--messages",
          "--rate",
          "--html");

  /** What the suite of that name sets itself, too, and what it has none of. */
  private static final List<String> NOT_WITH_ISOLATION =
      List.of("--verify", "--isolation", "--backlog", "--redis");

  private static final List<String> FOR_SUITES = List.of("--backlog", "--rows", "--repeat");

  @Option(
      names = "--suite",
      paramLabel = "NAME",
      description = {
        "A fixed list of workloads instead, each with what it aims at: limit, queues or isolation"
            + " (none).",
        "Only --rows, --repeat, --track, --device, --set, --duration, --warmup, --quick, --redis,"
            + " --seed and --json go with it; but with isolation --verify (only rows that do so),"
            + " --isolation and --backlog, too."
      })
  private String name;

  @Option(
      names = "--rows",
      paramLabel = "TEXT",
      description =
          "Of the suite, the row with that name, or else all whose names have that text. Once for"
              + " each (all).")
  private List<String> rows = List.of();

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description = "Run the suite's rows so many times; medians are shown (1).")
  private int repeat = 1;

  @Option(
      names = "--backlog",
      paramLabel = "BYTES",
      converter = Sizes.class,
      description =
          "Of the suite's full queue, such as 8G (as much as is free, at most 60G of VRAM; 256M on"
              + " host).")
  private Long backlog;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** The suite's name, or null where none is asked for. */
  String name() {
    return name;
  }

  /**
   * The rows asked for.
   *
   * @param only the way in which they verify, or null for any
   */
  RowChoice choice(Verification only) {
    return new RowChoice(rows, only == null ? Set.of(Verification.values()) : Set.of(only));
  }

  /**
   * Refuses what does not go together.
   *
   * @param settings keys of those of Track B
   */
  void check(Set<String> settings) {
    if (name == null) {
      refuse(FOR_SUITES, "goes with --suite alone");
      return;
    }
    boolean isolation = name.equals(Isolation.NAME);
    var refused = new ArrayList<>(NOT_WITH_SUITE);
    refused.addAll(isolation ? NOT_WITH_ISOLATION : List.of());
    refuse(refused, "a suite has its own, or none; leave it out, or leave --suite out");
    for (String key : settings) {
      if (isolation && key.startsWith(ISOLATION)) {
        throw new ParameterException(
            spec.commandLine(), "--set " + key + ": the suite sets it itself; leave it out");
      }
    }
  }

  private void refuse(List<String> options, String why) {
    for (String option : options) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ParameterException(spec.commandLine(), option + ": " + why);
      }
    }
  }

  /**
   * The suite's plan.
   *
   * @param quick whether rows of many turns or queues are to have fewer
   */
  SuitePlan plan(
      List<String> tracks,
      Map<String, String> settings,
      Duration measured,
      Duration warmup,
      boolean quick,
      long seed,
      Duration patience) {
    return new SuitePlan(
        tracks,
        settings,
        measured,
        warmup,
        repeat,
        new Extent(
            quick ? QUICK_TURNS : TURNS,
            quick ? QUICK_DEATHS : DEATHS,
            backlog != null ? backlog : Extent.AS_MUCH_AS_IS_FREE,
            quick ? QUICK_PART : 1),
        seed,
        patience);
  }
}
