package io.gpumq.soak.report;

/** Breaks text that is wider than a terminal. */
final class Lines {
  private Lines() {}

  /**
   * Appends a head and text, in as many lines as that takes; later lines stand under the text. A
   * part that alone is too wide stays whole.
   *
   * @param between what the text may be broken behind, such as {@code ", "}
   * @param columns of the terminal
   */
  static void wrap(String head, String text, String between, int columns, StringBuilder out) {
    var line = new StringBuilder(head);
    boolean first = true;
    String[] parts = text.split(between);
    for (int i = 0; i < parts.length; i++) {
      String part = i < parts.length - 1 ? parts[i] + between : parts[i];
      if (!first && line.length() + part.stripTrailing().length() > columns) {
        out.append(line.toString().stripTrailing()).append('\n');
        line = new StringBuilder(" ".repeat(head.length()));
      }
      line.append(part);
      first = false;
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }
}
