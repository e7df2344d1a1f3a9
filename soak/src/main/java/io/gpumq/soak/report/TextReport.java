package io.gpumq.soak.report;

import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.report.BenchReport.ResultFields;
import io.gpumq.soak.workload.Verification;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * The report as tables for a terminal, one line a size of payload. Throughput has its tracks side
 * by side in 80 columns; percentiles have them one under the other, and side by side where they
 * fit.
 */
public final class TextReport {
  private static final String HEAD = "%7s";
  private static final int RATE = 15;
  private static final int TIME = 12;
  private static final int TIGHT = 9;
  private static final String FAILED = "failed";

  private final BenchReport report;
  private final List<String> tracks;
  private final List<Integer> payloads;
  private final int columns;
  private final StringBuilder out = new StringBuilder();

  private TextReport(BenchReport report, int columns) {
    this.columns = columns;
    this.report = report;
    this.tracks = report.results().stream().map(ResultFields::track).distinct().toList();
    this.payloads = report.workload().payloadBytes();
  }

  /**
   * Returns the tables, each line ended.
   *
   * @param columns of the terminal, at least 80
   */
  public static String of(BenchReport report, int columns) {
    return new TextReport(report, columns).write();
  }

  private String write() {
    for (String track : tracks) {
      ResultFields any = any(track);
      Lines.wrap(
          "Track " + track.toUpperCase(Locale.ROOT) + ": ", any.description(), " ", columns, out);
      line("         on %s", Numbers.device(any.device()));
    }
    throughput();
    percentiles(
        "Latency in µs at "
            + Numbers.plain(report.workload().rateMsgS())
            + " messages a second,"
            + " from the time each was to be sent",
        ResultFields::latencyUs);
    percentiles("Round trip in µs, one message at a time", ResultFields::roundTripUs);
    verdict();
    return out.toString();
  }

  private void throughput() {
    line("");
    line("Throughput");
    var names = new StringBuilder(HEAD.formatted(""));
    var heads = new StringBuilder(HEAD.formatted("payload"));
    for (String track : tracks) {
      names.append(" | ").append(pad(name(track), 2 * RATE - 1));
      heads.append(" |").append(cell("msg/s", RATE)).append(cell("MB/s", RATE));
    }
    if (!report.ratioBOverA().isEmpty()) {
      names.append(" |");
      heads.append(" |  B / A");
    }
    line("%s", names.toString().stripTrailing());
    line("%s", heads);
    for (int payload : payloads) {
      var row = new StringBuilder(HEAD.formatted(Numbers.bytes(payload)));
      for (String track : tracks) {
        Optional<ResultFields> found = find(track, payload);
        String rate = found.map(r -> Numbers.plain(r.throughputMsgS())).orElse(FAILED);
        String bytes = found.map(r -> Numbers.plain(r.throughputBytesS() / 1e6)).orElse("");
        row.append(" |").append(cell(rate, RATE)).append(cell(bytes, RATE));
      }
      if (!report.ratioBOverA().isEmpty()) {
        Double ratio = report.ratioBOverA().get(Integer.toString(payload));
        row.append(" |").append(cell(ratio == null ? "-" : Numbers.plain(ratio) + "x", 7));
      }
      line("%s", row);
    }
  }

  private void percentiles(String title, Function<ResultFields, Percentiles> which) {
    line("");
    Lines.wrap("", title, " ", columns, out);
    int time = TIGHT;
    for (ResultFields result : report.results()) {
      for (String figure : figures(which.apply(result))) {
        time = Math.max(time, figure.length() + 2);
      }
    }
    if (HEAD.formatted("").length() + tracks.size() * (2 + 5 * time) <= columns) {
      percentiles(tracks, time, which);
    } else {
      for (String track : tracks) {
        percentiles(List.of(track), Math.max(TIME, time), which);
      }
    }
  }

  /** Some tracks' percentiles side by side. */
  private void percentiles(List<String> some, int time, Function<ResultFields, Percentiles> which) {
    var names = new StringBuilder(HEAD.formatted(""));
    var heads = new StringBuilder(HEAD.formatted("payload"));
    for (String track : some) {
      names.append(" | ").append(pad(name(track), 5 * time - 1));
      heads.append(" |");
      List.of("p50", "p95", "p99", "p99.9", "max").forEach(p -> heads.append(cell(p, time)));
    }
    line("%s", names.toString().stripTrailing());
    line("%s", heads);
    for (int payload : payloads) {
      var row = new StringBuilder(HEAD.formatted(Numbers.bytes(payload)));
      for (String track : some) {
        List<String> figures =
            find(track, payload)
                .map(result -> figures(which.apply(result)))
                .orElse(List.of(FAILED, "", "", "", ""));
        row.append(" |");
        figures.forEach(figure -> row.append(cell(figure, time)));
      }
      line("%s", row);
    }
  }

  private static List<String> figures(Percentiles p) {
    return DoubleStream.of(p.p50(), p.p95(), p.p99(), p.p99_9(), p.max())
        .mapToObj(Numbers::plain)
        .toList();
  }

  private String name(String track) {
    return "Track " + track.toUpperCase(Locale.ROOT) + ", " + Numbers.device(any(track).device());
  }

  private static String cell(String text, int width) {
    return ("%" + width + "s").formatted(text);
  }

  private static String pad(String text, int width) {
    return ("%-" + width + "s").formatted(text);
  }

  private void verdict() {
    var sum = new long[6];
    for (ResultFields result : report.results()) {
      sum[0] += result.verified();
      sum[1] += result.lost();
      sum[2] += result.duplicated();
      sum[3] += result.reordered();
      sum[4] += result.corrupted();
      sum[5] += result.deadLettered();
    }
    line("");
    Verification verification = Verification.of(report.workload().verify());
    line("Verified %,d messages, %s:", sum[0], verification.checked());
    line(
        "  lost %,d, duplicated %,d, reordered %,d, corrupted %,d", sum[1], sum[2], sum[3], sum[4]);
    if (sum[5] != 0) {
      line("  dead-lettered as the handler was to %,d", sum[5]);
    }
  }

  /** What that track did with a size that did not fail. */
  private ResultFields any(String track) {
    return report.results().stream().filter(r -> r.track().equals(track)).findFirst().orElseThrow();
  }

  private Optional<ResultFields> find(String track, int payload) {
    return report.results().stream()
        .filter(r -> r.track().equals(track) && r.payloadBytes() == payload)
        .findFirst();
  }

  private void line(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
