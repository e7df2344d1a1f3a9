package io.gpumq.soak.report;

import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.report.BenchReport.ResultFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Draws percentiles as inline SVG, coloured by the page's style sheet. */
final class Charts {
  private static final String[] PERCENTILES = {"p50", "p95", "p99", "p99.9", "max"};
  private static final int WIDTH = 380;
  private static final int HEIGHT = 252;
  private static final int LEFT = 52;
  private static final int RIGHT = WIDTH - 6;
  private static final int TOP = 40;
  private static final int BOTTOM = 208;

  private final List<ResultFields> results;
  private final List<String> tracks;
  private final List<Integer> payloads;

  Charts(List<ResultFields> results) {
    this.results = results;
    this.tracks = results.stream().map(ResultFields::track).distinct().toList();
    this.payloads = results.stream().map(ResultFields::payloadBytes).distinct().sorted().toList();
  }

  /** Lines of percentiles in microseconds, a panel for each size of payload, on one log scale. */
  String percentiles(String what, Function<ResultFields, Percentiles> which) {
    var all = new ArrayList<Double>();
    results.forEach(result -> values(which.apply(result)).forEach(all::add));
    var scale = new LogScale(all, TOP, BOTTOM);
    var out = new StringBuilder("<div class='panels'>\n");
    for (int payload : payloads) {
      panel(what, payload, which, scale, out);
    }
    return out.append("</div>\n").toString();
  }

  private void panel(
      String what,
      int payload,
      Function<ResultFields, Percentiles> which,
      LogScale scale,
      StringBuilder out) {
    String size = Numbers.bytes(payload);
    put(
        out,
        "<svg viewBox='0 0 %d %d' role='img' aria-label='%s in microseconds, payload %s'>",
        WIDTH,
        HEIGHT,
        what,
        size);
    for (double decade : scale.decades()) {
      double y = scale.y(decade);
      put(out, "<line class='grid' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>", LEFT, RIGHT, y, y);
      text(out, "axis", LEFT - 8, y + 4, "end", Numbers.decade(decade));
    }
    text(out, "name", LEFT, 16, "start", size);
    text(out, "axis", LEFT - 8, 16, "end", "µs");
    for (int i = 0; i < PERCENTILES.length; i++) {
      text(out, "axis", x(i), HEIGHT - 8, "middle", PERCENTILES[i]);
    }
    var lines = new ArrayList<Line>();
    for (String track : tracks) {
      find(track, payload).ifPresent(result -> lines.add(line(result, which, scale)));
    }
    var labels = new Labels(LEFT - 4, 20, WIDTH, HEIGHT - 22);
    lines.forEach(line -> labels.line(line.x, line.y));
    lines.forEach(line -> stroke(out, line));
    for (int i = 0; i < PERCENTILES.length; i++) {
      for (Line line : lines) {
        point(out, line, i, labels, isHighest(line, lines, i));
      }
    }
    out.append("</svg>\n");
  }

  /** One track's percentiles in a panel: what they are, and where. */
  private record Line(ResultFields result, List<Double> values, double[] x, double[] y) {}

  private static Line line(
      ResultFields result, Function<ResultFields, Percentiles> which, LogScale scale) {
    List<Double> values = values(which.apply(result));
    var x = new double[values.size()];
    var y = new double[values.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = x(i);
      y[i] = scale.y(values.get(i));
    }
    return new Line(result, values, x, y);
  }

  private static double x(int index) {
    return LEFT + (index + 0.5) * (RIGHT - LEFT) / PERCENTILES.length;
  }

  private static void stroke(StringBuilder out, Line line) {
    var points = new StringBuilder();
    for (int i = 0; i < line.x.length; i++) {
      put(points, "%.1f,%.1f ", line.x[i], line.y[i]);
    }
    String path = points.toString().strip();
    put(out, "<polyline class='line %s' points='%s'/>", line.result.track(), path);
  }

  private static void point(StringBuilder out, Line line, int index, Labels labels, boolean above) {
    String track = line.result.track();
    String value = Numbers.plain(line.values.get(index));
    double x = line.x[index];
    double y = line.y[index];
    put(out, "<g><title>%s %s: %s µs</title>", title(line.result), PERCENTILES[index], value);
    put(out, "<circle class='dot %s' cx='%.1f' cy='%.1f' r='3.5'/>", track, x, y);
    labels
        .take(value, x, y, above)
        .ifPresent(at -> text(out, "value " + track, at.x(), at.y(), "middle", value));
    put(out, "</g>");
  }

  /** Whether no other line is above this one there: its label stands above it, others below. */
  private static boolean isHighest(Line line, List<Line> lines, int index) {
    Line highest = lines.get(0);
    for (Line other : lines) {
      if (other.values.get(index) > highest.values.get(index)) {
        highest = other;
      }
    }
    return line == highest;
  }

  private static List<Double> values(Percentiles p) {
    return List.of(p.p50(), p.p95(), p.p99(), p.p99_9(), p.max());
  }

  /** What that track did with that size, unless it failed. */
  private Optional<ResultFields> find(String track, int payload) {
    return results.stream()
        .filter(r -> r.track().equals(track) && r.payloadBytes() == payload)
        .findFirst();
  }

  /** What a figure is of, for whoever points at it. */
  static String title(ResultFields result) {
    return "Track %s, %s, %s"
        .formatted(
            result.track().toUpperCase(Locale.ROOT),
            Numbers.device(result.device()),
            Numbers.bytes(result.payloadBytes()));
  }

  private static void text(
      StringBuilder out, String style, double x, double y, String anchor, String words) {
    put(
        out,
        "<text class='%s' x='%.1f' y='%.1f' text-anchor='%s'>%s</text>",
        style,
        x,
        y,
        anchor,
        words);
  }

  private static void put(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values));
  }
}
