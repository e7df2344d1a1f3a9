package io.gpumq.soak.suite;

import io.gpumq.api.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Some rows of a suite, by their names. */
public final class RowChoice {
  private RowChoice() {}

  /**
   * Rows in the order of the suite.
   *
   * @param texts each a row's name, or a part of several; none stands for all rows
   * @throws ConfigException if a text is in no row's name
   */
  public static List<Row> of(List<Row> rows, List<String> texts) {
    if (texts.isEmpty()) {
      return rows;
    }
    var chosen = new LinkedHashSet<Row>();
    for (String text : texts) {
      List<Row> found = rows.stream().filter(row -> row.name().equals(text)).toList();
      if (found.isEmpty()) {
        found = rows.stream().filter(row -> row.name().contains(text)).toList();
      }
      if (found.isEmpty()) {
        throw new ConfigException(
            "rows '"
                + text
                + "': must be a row's name or a part of it: "
                + rows.stream().map(Row::name).collect(Collectors.joining("; ")));
      }
      chosen.addAll(found);
    }
    var ordered = new ArrayList<>(rows);
    ordered.retainAll(chosen);
    return ordered;
  }
}
