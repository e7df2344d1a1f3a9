package io.gpumq.soak.report;

import io.gpumq.soak.suite.Figure;
import java.util.Locale;

/** A suite's figures as people read them. */
final class FigureText {
  private FigureText() {}

  /** A value with the figure's name, where it has one: {@code p50 2.40 µs}. */
  static String labelled(Figure figure, String value) {
    if (figure.unit() == Figure.Unit.SHARE) {
      return value + " " + figure.label();
    }
    return figure.label().isEmpty() ? value : figure.label() + " " + value;
  }

  /** A value with its unit: {@code 45.0 M msg/s}. */
  static String value(Figure figure, double value) {
    return switch (figure.unit()) {
      case NANOSECONDS -> Numbers.plain(value) + " ns";
      case MICROSECONDS -> Numbers.plain(value) + " µs";
      case MILLISECONDS -> Numbers.plain(value) + " ms";
      case MESSAGES_A_SECOND -> Numbers.brief(value) + " msg/s";
      case BYTES_A_SECOND -> Numbers.brief(value) + "B/s";
      case BYTES -> Numbers.brief(value) + (value < 1000 ? " B" : "B");
      case BYTES_A_MESSAGE -> String.format(Locale.ROOT, "%.3f B/msg", value);
      case BYTES_EACH -> Numbers.plain(value) + " B each";
      case COUNT -> String.format(Locale.ROOT, "%,.0f", value);
      case SHARE -> String.format(Locale.ROOT, "%.1f %%", 100 * value);
    };
  }
}
