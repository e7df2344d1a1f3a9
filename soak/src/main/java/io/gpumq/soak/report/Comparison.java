package io.gpumq.soak.report;

import io.gpumq.soak.report.SuiteReport.RowFields;
import io.gpumq.soak.suite.Figure;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two builds that ran the same suite by turns, row by row: medians of what each row saw, how far
 * the runs of one build lie apart, and the new build's median as a share of the old one's.
 */
public final class Comparison {
  private static final String LINE = "  %-22s %14s  %9s  %14s  %9s  %7s%n";

  private record Key(String track, String name) {}

  private final Map<Key, List<RowFields>> before;
  private final Map<Key, List<RowFields>> after;
  private final StringBuilder out = new StringBuilder();

  private Comparison(List<SuiteReport> before, List<SuiteReport> after) {
    this.before = rows(before);
    this.after = rows(after);
  }

  /**
   * The comparison as text, each line ended.
   *
   * @param before results of the old build, one or more
   * @param after results of the new build, one or more
   */
  public static String of(List<SuiteReport> before, List<SuiteReport> after) {
    return new Comparison(before, after).write(before.size(), after.size());
  }

  private static Map<Key, List<RowFields>> rows(List<SuiteReport> reports) {
    return reports.stream()
        .flatMap(report -> report.rows().stream())
        .collect(
            Collectors.groupingBy(
                row -> new Key(row.track(), row.name()),
                LinkedHashMap::new,
                Collectors.toUnmodifiableList()));
  }

  private String write(int oldRuns, int newRuns) {
    line("Old: %d runs. New: %d runs. Medians; lowest and highest in %% of them", oldRuns, newRuns);
    out.append(LINE.formatted("", "old", "", "new", "", "new/old"));
    before.forEach(this::row);
    Set<String> alone =
        Stream.of(before, after)
            .flatMap(rows -> rows.keySet().stream())
            .filter(key -> !before.containsKey(key) || !after.containsKey(key))
            .map(Key::name)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (!alone.isEmpty()) {
      line("In one of the two alone: %s", String.join("; ", alone));
    }
    return out.toString();
  }

  private void row(Key key, List<RowFields> old) {
    List<RowFields> fresh = after.get(key);
    if (fresh == null) {
      return;
    }
    line("Track %s, %s%s", key.track.toUpperCase(Locale.ROOT), key.name, device(old, fresh));
    if (!Stream.of(old, fresh).flatMap(List::stream).allMatch(RowFields::clean)) {
      line("  FAILED in a run: compare none");
      return;
    }
    for (Figure figure : Figure.values()) {
      figure(figure, old, fresh);
    }
    long disturbed =
        Stream.of(old, fresh).flatMap(List::stream).filter(RowFields::disturbed).count();
    if (disturbed > 0) {
      line("  machine disturbed before %d of %d", disturbed, old.size() + fresh.size());
    }
  }

  /** Writes a figure, if every run saw it. */
  private void figure(Figure figure, List<RowFields> old, List<RowFields> fresh) {
    List<Double> oldValues = values(figure, old);
    List<Double> newValues = values(figure, fresh);
    if (oldValues.size() < old.size() || newValues.size() < fresh.size()) {
      return;
    }
    Spread was = Spread.of(oldValues);
    Spread is = Spread.of(newValues);
    out.append(
        LINE.formatted(
            figure.label().isEmpty() ? figure.key() : figure.label(),
            FigureText.value(figure, was.median()),
            apart(was),
            FigureText.value(figure, is.median()),
            apart(is),
            percent(is.median(), was.median()) + " %"));
  }

  private static List<Double> values(Figure figure, List<RowFields> rows) {
    return rows.stream().map(row -> row.seen().get(figure.key())).filter(Objects::nonNull).toList();
  }

  private static String apart(Spread spread) {
    return percent(spread.lowest(), spread.median())
        + " "
        + percent(spread.highest(), spread.median());
  }

  private static String percent(double value, double of) {
    return of == 0 ? "-" : String.format(Locale.ROOT, "%.0f", 100 * value / of);
  }

  /** Figures of the host are never shown without saying so. */
  private static String device(List<RowFields> old, List<RowFields> fresh) {
    return Stream.of(old, fresh)
        .flatMap(List::stream)
        .map(RowFields::device)
        .distinct()
        .map(Numbers::device)
        .collect(Collectors.joining(" and ", ", on ", ""));
  }

  private void line(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
