package io.gpumq.soak.report;

import io.gpumq.soak.suite.Aim;
import io.gpumq.soak.suite.Figure;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.workload.Tally;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The outcomes of a suite for a terminal: under each row its aim, and what each track gave. */
public final class SuiteText {
  private final String suite;
  private final List<Outcome> outcomes;
  private final int columns;
  private final StringBuilder out = new StringBuilder();

  private SuiteText(String suite, List<Outcome> outcomes, int columns) {
    this.suite = suite;
    this.outcomes = outcomes;
    this.columns = columns;
  }

  /**
   * Returns the rows with a head and a verdict, each line ended.
   *
   * @param columns of the terminal, at least 80
   */
  public static String of(String suite, List<Outcome> outcomes, int columns) {
    return new SuiteText(suite, outcomes, columns).write();
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
    if (outcomes.stream().anyMatch(outcome -> outcome.device().equals("host"))) {
      line("Figures on host device (no GPU) say nothing about a GPU's:");
      line("no aim is judged there.");
    }
    line("");
  }

  private void rows() {
    for (Row row : outcomes.stream().map(Outcome::row).distinct().toList()) {
      line(row.name());
      cell("aim", aims(row));
      for (String track : tracks()) {
        for (Outcome outcome : of(track)) {
          if (outcome.row().equals(row)) {
            if (track.equals("b")) {
              cell("reached", reached(outcome));
            }
            cell("Track " + track.toUpperCase(Locale.ROOT), seen(outcome));
          }
        }
      }
    }
  }

  private void cell(String name, String text) {
    Lines.wrap("  %-7s  ".formatted(name), text, ", ", columns, out);
  }

  private void verdict() {
    Tally sum = new Tally(0, 0, 0, 0, 0, 0, 0, List.of());
    for (Outcome outcome : outcomes) {
      sum = outcome.tally() == null ? sum : sum.and(outcome.tally());
    }
    line("");
    List<Outcome> judged = outcomes.stream().filter(Outcome::judged).toList();
    if (!judged.isEmpty()) {
      long reached = judged.stream().filter(Outcome::reached).count();
      line("Reached %d of %d".formatted(reached, judged.size()));
    }
    line("Verified %,d messages, every byte:".formatted(sum.received()));
    line("  " + sum.verdict());
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

  private static String reached(Outcome outcome) {
    Boolean reached = outcome.reached();
    return reached == null ? "-" : reached ? "yes" : "no";
  }

  private static String aims(Row row) {
    return row.aims().stream().map(SuiteText::text).collect(Collectors.joining(", "));
  }

  private static String text(Aim aim) {
    String bound = aim.atMost() ? "<= " : ">= ";
    return labelled(aim.figure(), bound + value(aim.figure(), aim.limit()));
  }

  private static String seen(Outcome outcome) {
    String figures =
        outcome.seen().entrySet().stream()
            .map(seen -> labelled(seen.getKey(), value(seen.getKey(), seen.getValue())))
            .collect(Collectors.joining(", "));
    return outcome.clean() ? figures : ("FAILED " + figures).stripTrailing();
  }

  private static String labelled(Figure figure, String value) {
    if (figure.unit() == Figure.Unit.SHARE) {
      return value + " " + figure.label();
    }
    return figure.label().isEmpty() ? value : figure.label() + " " + value;
  }

  private static String value(Figure figure, double value) {
    return switch (figure.unit()) {
      case MICROSECONDS -> Numbers.plain(value) + " µs";
      case MILLISECONDS -> Numbers.plain(value) + " ms";
      case MESSAGES_A_SECOND -> Numbers.brief(value) + " msg/s";
      case BYTES_A_SECOND -> Numbers.brief(value) + "B/s";
      case BYTES -> Numbers.brief(value) + "B";
      case BYTES_A_MESSAGE -> String.format(Locale.ROOT, "%.3f B/msg", value);
      case COUNT -> String.format(Locale.ROOT, "%,.0f", value);
      case SHARE -> String.format(Locale.ROOT, "%.1f %%", 100 * value);
    };
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
