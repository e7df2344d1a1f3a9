package io.gpumq.soak.report;

import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.report.BenchReport.ResultFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Draws the report's charts as inline SVG, coloured by the page's style sheet. */
final class Charts {
  private static final String[] PERCENTILES = {"p50", "p95", "p99", "p99.9", "max"};

  private final List<ResultFields> results;
  private final List<String> tracks;
  private final List<Integer> payloads;

  Charts(List<ResultFields> results) {
    this.results = results;
    this.tracks = results.stream().map(ResultFields::track).distinct().toList();
    this.payloads = results.stream().map(ResultFields::payloadBytes).distinct().sorted().toList();
  }

  /** Bars of messages a second, a group for each size of payload, on a log scale. */
  String throughput() {
    int width = 880;
    int left = 64;
    var out = open(width, 340, "Throughput in messages a second for each size of payload");
    var scale = new LogScale(results.stream().map(ResultFields::throughputMsgS).toList(), 28, 290);
    grid(out, scale, left, width - 8);
    double group = (width - 8.0 - left) / payloads.size();
    double bar = Math.min(84, group * 0.8 / tracks.size());
    for (int g = 0; g < payloads.size(); g++) {
      double middle = left + (g + 0.5) * group;
      for (int t = 0; t < tracks.size(); t++) {
        ResultFields result = find(tracks.get(t), payloads.get(g)).orElse(null);
        if (result == null) {
          continue;
        }
        double value = result.throughputMsgS();
        double x = middle + (t - tracks.size() / 2.0) * bar;
        double y = scale.y(value);
        put(out, "<g><title>%s: %s msg/s</title>", title(result), Numbers.plain(value));
        put(
            out,
            "<rect class='bar %s' x='%.1f' y='%.1f' width='%.1f' height='%.1f' rx='3'/>",
            result.track(),
            x + 3,
            y,
            bar - 6,
            290 - y);
        text(out, "value", x + bar / 2, y - 7, "middle", Numbers.brief(value));
        put(out, "</g>");
      }
      text(out, "name", middle, 312, "middle", Numbers.bytes(payloads.get(g)));
    }
    text(out, "axis", left - 8, 12, "end", "msg/s");
    text(out, "axis", (left + width) / 2.0, 334, "middle", "payload");
    return out.append("</svg>\n").toString();
  }

  /** Lines of percentiles in microseconds, a panel for each size of payload, on one log scale. */
  String percentiles(String what, Function<ResultFields, Percentiles> which) {
    var all = new ArrayList<Double>();
    results.forEach(result -> values(which.apply(result)).forEach(all::add));
    var out = new StringBuilder("<div class='panels'>\n");
    for (int payload : payloads) {
      out.append(panel(what, payload, which, all));
    }
    return out.append("</div>\n").toString();
  }

  private String panel(
      String what, int payload, Function<ResultFields, Percentiles> which, List<Double> all) {
    int width = 430;
    int left = 58;
    String size = Numbers.bytes(payload);
    var out = open(width, 256, what + " in microseconds, payload " + size);
    var scale = new LogScale(all, 34, 212);
    grid(out, scale, left, width - 8);
    text(out, "name", left, 16, "start", size);
    text(out, "axis", left - 8, 16, "end", "µs");
    double step = (width - 24.0 - left) / PERCENTILES.length;
    for (int i = 0; i < PERCENTILES.length; i++) {
      text(out, "axis", left + (i + 0.5) * step, 246, "middle", PERCENTILES[i]);
    }
    var lines = new ArrayList<Line>();
    for (String track : tracks) {
      find(track, payload)
          .ifPresent(result -> lines.add(new Line(result, values(which.apply(result)))));
    }
    // Every line before any label, so that no line runs through a label.
    lines.forEach(line -> stroke(out, line, scale, left + step / 2, step));
    for (int i = 0; i < PERCENTILES.length; i++) {
      for (Line line : lines) {
        point(out, line, i, scale, left + (i + 0.5) * step, isHighest(line, lines, i));
      }
    }
    return out.append("</svg>\n").toString();
  }

  /** One track's percentiles in a panel. */
  private record Line(ResultFields result, List<Double> values) {}

  private static void stroke(
      StringBuilder out, Line line, LogScale scale, double first, double step) {
    var points = new StringBuilder();
    for (int i = 0; i < line.values.size(); i++) {
      put(points, "%.1f,%.1f ", first + i * step, scale.y(line.values.get(i)));
    }
    String path = points.toString().strip();
    put(out, "<polyline class='line %s' points='%s'/>", line.result.track(), path);
  }

  private static void point(
      StringBuilder out, Line line, int index, LogScale scale, double x, boolean above) {
    String track = line.result.track();
    String value = Numbers.plain(line.values.get(index));
    double y = scale.y(line.values.get(index));
    put(out, "<g><title>%s %s: %s µs</title>", title(line.result), PERCENTILES[index], value);
    put(out, "<circle class='dot %s' cx='%.1f' cy='%.1f' r='3.5'/>", track, x, y);
    text(out, "value " + track, x, above ? y - 8 : y + 17, "middle", value);
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

  private static String title(ResultFields result) {
    return "Track %s, %s, %s"
        .formatted(
            result.track().toUpperCase(Locale.ROOT),
            Numbers.device(result.device()),
            Numbers.bytes(result.payloadBytes()));
  }

  private static StringBuilder open(int width, int height, String label) {
    return put(
        new StringBuilder(),
        "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>",
        width,
        height,
        label);
  }

  private static void grid(StringBuilder out, LogScale scale, double left, double right) {
    for (double decade : scale.decades()) {
      double y = scale.y(decade);
      put(out, "<line class='grid' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>", left, right, y, y);
      text(out, "axis", left - 8, y + 4, "end", decade < 1 ? "" + decade : label(decade));
    }
  }

  private static String label(double decade) {
    return Numbers.brief(decade).replaceFirst("\\.0+(?= |$)", "");
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

  private static StringBuilder put(StringBuilder out, String format, Object... values) {
    return out.append(String.format(Locale.ROOT, format, values));
  }
}
