package io.gpumq.soak.report;

import io.gpumq.soak.guard.Quietest;
import io.gpumq.soak.guard.Reading;
import io.gpumq.soak.suite.Aim;
import io.gpumq.soak.suite.Figure;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Verification;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** The outcomes of a suite for a terminal: under each row its aim, and what each track gave. */
public final class SuiteText {
  private final Environment environment;
  private final String suite;
  private final List<Outcome> outcomes;
  private final List<RowRounds> rows;
  private final Quietest quietest;
  private final int columns;
  private final StringBuilder out = new StringBuilder();

  private SuiteText(Environment environment, String suite, List<Outcome> outcomes, int columns) {
    this.environment = environment;
    this.suite = suite;
    this.outcomes = outcomes;
    this.rows = RowRounds.of(outcomes);
    this.quietest = new Quietest(outcomes.stream().map(Outcome::guard).toList());
    this.columns = columns;
  }

  /**
   * Returns the rows with a head and a verdict, each line ended.
   *
   * @param columns of the terminal, at least 80
   */
  public static String of(
      Environment environment, String suite, List<Outcome> outcomes, int columns) {
    return new SuiteText(environment, suite, outcomes, columns).write();
  }

  private String write() {
    head();
    rows();
    verdict();
    return out.toString();
  }

  private void head() {
    line("Suite " + suite);
    for (String track : tracks()) {
      Outcome any = of(track).get(0);
      Lines.wrap(
          "Track " + track.toUpperCase(Locale.ROOT) + ": ", any.description(), " ", columns, out);
      line("         on " + Numbers.device(any.device()));
    }
    line(
        "Heap of %sB at most, /dev/shm of %sB"
            .formatted(
                Numbers.brief(environment.heapBytes()), Numbers.brief(environment.shmBytes())));
    if (outcomes.stream().anyMatch(outcome -> outcome.device().equals("host"))) {
      line("Figures on host device (no GPU) say nothing about a GPU's:");
      line("no aim is judged there.");
    }
    line("");
  }

  private void rows() {
    for (Row row : rows.stream().map(RowRounds::row).distinct().toList()) {
      line(row.name());
      cell("aim", aims(row));
      for (String track : tracks()) {
        rows.stream()
            .filter(rounds -> rounds.row().equals(row) && rounds.track().equals(track))
            .forEach(this::seen);
      }
    }
  }

  private void seen(RowRounds rounds) {
    if (rounds.track().equals("b")) {
      cell("reached", !rounds.judged() ? "-" : rounds.reached() ? "yes" : "no");
    }
    cell("Track " + rounds.track().toUpperCase(Locale.ROOT), figures(rounds));
    if (rounds.disturbed(quietest) > 0) {
      cell("guard", guard(rounds));
    }
  }

  private void cell(String name, String text) {
    Lines.wrap("  %-7s  ".formatted(name), text, ", ", columns, out);
  }

  private void verdict() {
    line("");
    List<RowRounds> judged = rows.stream().filter(RowRounds::judged).toList();
    if (!judged.isEmpty()) {
      long reached = judged.stream().filter(RowRounds::reached).count();
      line("Reached %d of %d".formatted(reached, judged.size()));
    }
    long disturbed = rows.stream().mapToLong(rounds -> rounds.disturbed(quietest)).sum();
    line("Machine disturbed before %d of %d measurements".formatted(disturbed, outcomes.size()));
    Tally every = sum(Verification.FULL);
    Tally light = sum(Verification.LIGHT);
    String verified =
        "Verified %,d messages, %s".formatted(every.received(), Verification.FULL.checked());
    if (light.received() > 0) {
      verified += "; %,d, %s".formatted(light.received(), Verification.LIGHT.checked());
    }
    Lines.wrap("", verified + ":", " ", columns, out);
    line("  " + every.and(light).verdict());
  }

  private Tally sum(Verification verification) {
    return outcomes.stream()
        .filter(outcome -> outcome.row().verification() == verification)
        .map(Outcome::tally)
        .filter(Objects::nonNull)
        .reduce(new Tally(0, 0, 0, 0, 0, 0, 0, List.of()), Tally::and);
  }

  private List<String> tracks() {
    return outcomes.stream()
        .map(Outcome::track)
        .distinct()
        // Track B first: the aims beside it are its.
        .sorted((one, other) -> other.compareTo(one))
        .toList();
  }

  private List<Outcome> of(String track) {
    return outcomes.stream().filter(outcome -> outcome.track().equals(track)).toList();
  }

  private static String aims(Row row) {
    return row.aims().stream().map(SuiteText::text).collect(Collectors.joining(", "));
  }

  private static String text(Aim aim) {
    String bound = aim.atMost() ? "<= " : ">= ";
    return FigureText.labelled(aim.figure(), bound + FigureText.value(aim.figure(), aim.limit()));
  }

  private static String figures(RowRounds rounds) {
    String figures =
        rounds.figures().entrySet().stream()
            .map(
                seen ->
                    FigureText.labelled(
                        seen.getKey(), value(seen.getKey(), seen.getValue(), rounds)))
            .collect(Collectors.joining(", "));
    return rounds
        .skipped()
        .map(why -> "SKIPPED " + why)
        .orElseGet(() -> rounds.clean() ? figures : ("FAILED " + figures).stripTrailing());
  }

  /** What the guard loop took before the first round that was disturbed. */
  private String guard(RowRounds rounds) {
    Reading reading =
        rounds.outcomes().stream()
            .map(Outcome::guard)
            .filter(quietest::isDisturbed)
            .findFirst()
            .orElseThrow();
    String rest =
        rounds.count() == 1
            ? ""
            : " in %d of %d rounds".formatted(rounds.disturbed(quietest), rounds.count());
    return "disturbed%s: one thread %s ms, %d threads %s ms, longest gap %s ms"
        .formatted(
            rest,
            Numbers.plain(reading.oneMs()),
            reading.threads(),
            Numbers.plain(reading.allMs()),
            Numbers.plain(reading.gapMs()));
  }

  /** The median of several rounds, with the lowest and the highest. */
  private static String value(Figure figure, Spread seen, RowRounds rounds) {
    String median = FigureText.value(figure, seen.median());
    return rounds.count() == 1
        ? median
        : "%s (%s to %s)"
            .formatted(
                median,
                FigureText.value(figure, seen.lowest()),
                FigureText.value(figure, seen.highest()));
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
