package io.gpumq.soak.suite;

import io.gpumq.api.ConfigException;
import io.gpumq.soak.workload.Verification;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Some rows of a suite.
 *
 * @param texts each a row's name, or a part of several; none stands for all rows
 * @param verifications of the rows
 */
public record RowChoice(List<String> texts, Set<Verification> verifications) {
  /** Every row. */
  public static final RowChoice ALL = new RowChoice(List.of(), Set.of(Verification.values()));

  public RowChoice {
    texts = List.copyOf(texts);
    verifications = Set.copyOf(verifications);
  }

  /**
   * Those of these rows, in their order.
   *
   * @throws ConfigException if a text is in no row's name, or no row is left
   */
  public List<Row> of(List<Row> rows) {
    var named = new LinkedHashSet<Row>();
    texts.forEach(text -> named.addAll(named(text, rows)));
    List<Row> chosen =
        rows.stream()
            .filter(row -> texts.isEmpty() || named.contains(row))
            .filter(row -> verifications.contains(row.verification()))
            .toList();
    if (chosen.isEmpty()) {
      throw new ConfigException("rows " + texts + ": none of them is verified that way");
    }
    return chosen;
  }

  private static List<Row> named(String text, List<Row> rows) {
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
    return found;
  }
}
