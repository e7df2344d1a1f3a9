package io.gpumq.soak.report;

import io.gpumq.soak.suite.Aim;
import io.gpumq.soak.suite.Figure;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.workload.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The outcomes of a suite as a table for a terminal: a line a row, tracks side by side. */
public final class SuiteText {
  private static final String APART = "  ";

  private final String suite;
  private final List<Outcome> outcomes;
  private final StringBuilder out = new StringBuilder();

  private SuiteText(String suite, List<Outcome> outcomes) {
    this.suite = suite;
    this.outcomes = outcomes;
  }

  /** The table with its head and its verdict, each line ended. */
  public static String of(String suite, List<Outcome> outcomes) {
    return new SuiteText(suite, outcomes).write();
  }

  private String write() {
    head();
    table();
    verdict();
    return out.toString();
  }

  private void head() {
    line("Suite " + suite);
    for (String track : tracks()) {
      Outcome any = of(track).get(0);
      line("Track " + track.toUpperCase(Locale.ROOT) + ": " + any.description());
      line("         on " + Numbers.device(any.device()));
    }
    if (outcomes.stream().anyMatch(outcome -> outcome.device().equals("host"))) {
      line("Figures on host device (no GPU) say nothing about a GPU's: no aim is judged there.");
    }
    line("");
  }

  private void table() {
    List<String> tracks = tracks();
    var heads = new ArrayList<>(List.of("row", "aim"));
    for (String track : tracks) {
      if (track.equals("b")) {
        heads.add("reached");
      }
      heads.add("Track " + track.toUpperCase(Locale.ROOT));
    }
    var lines = new ArrayList<List<String>>();
    lines.add(heads);
    for (Row row : outcomes.stream().map(Outcome::row).distinct().toList()) {
      var cells = new ArrayList<>(List.of(row.name(), aims(row)));
      for (String track : tracks) {
        List<Outcome> found = of(track).stream().filter(o -> o.row().equals(row)).toList();
        if (track.equals("b")) {
          cells.add(reached(found.get(0)));
        }
        cells.add(found.isEmpty() ? "" : seen(found.get(0)));
      }
      lines.add(cells);
    }
    columns(lines);
  }

  private void columns(List<List<String>> lines) {
    int[] widths = new int[lines.get(0).size()];
    for (List<String> cells : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], cells.get(i).length());
      }
    }
    for (List<String> cells : lines) {
      var text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(("%-" + widths[i] + "s").formatted(cells.get(i))).append(APART);
      }
      line(text.toString().stripTrailing());
    }
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
    line("Verified %,d messages, every byte: %s".formatted(sum.received(), sum.verdict()));
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
