package io.gpumq.soak.report;

import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.report.BenchReport.ResultFields;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The report as tables for a terminal of 80 columns, one line a size of payload. Throughput has its
 * tracks side by side, percentiles one under the other.
 */
public final class TextReport {
  private static final String HEAD = " %7s";
  private static final int RATE = 15;
  private static final int TIME = 12;
  private static final String FAILED = "failed";

  private final BenchReport report;
  private final List<String> tracks;
  private final List<Integer> payloads;
  private final StringBuilder out = new StringBuilder();

  private TextReport(BenchReport report) {
    this.report = report;
    this.tracks = report.results().stream().map(ResultFields::track).distinct().toList();
    this.payloads = report.workload().payloadBytes();
  }

  /** The tables, each line ended. */
  public static String of(BenchReport report) {
    return new TextReport(report).write();
  }

  private String write() {
    for (String track : tracks) {
      ResultFields any = any(track);
      Lines.wrap("Track " + track.toUpperCase(Locale.ROOT) + ": ", any.description(), " ", out);
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
      heads.append(" | B / A");
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
        row.append(" |").append(cell(ratio == null ? "-" : Numbers.plain(ratio) + "x", 6));
      }
      line("%s", row);
    }
  }

  private void percentiles(String title, Function<ResultFields, Percentiles> which) {
    line("");
    line("%s", title);
    for (String track : tracks) {
      line(" %s", name(track));
      var heads = new StringBuilder(HEAD.formatted("payload"));
      for (String head : List.of("p50", "p95", "p99", "p99.9", "max")) {
        heads.append(cell(head, TIME));
      }
      line("%s", heads);
      for (int payload : payloads) {
        String row = find(track, payload).map(r -> times(which.apply(r))).orElse(times(null));
        line("%s%s", HEAD.formatted(Numbers.bytes(payload)), row);
      }
    }
  }

  /** The cells of a row of percentiles; null where there are none. */
  private static String times(Percentiles p) {
    if (p == null) {
      return cell(FAILED, TIME) + " ".repeat(4 * TIME);
    }
    var row = new StringBuilder();
    for (double value : new double[] {p.p50(), p.p95(), p.p99(), p.p99_9(), p.max()}) {
      row.append(cell(Numbers.plain(value), TIME));
    }
    return row.toString();
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
    line("Verified %,d messages, every byte:", sum[0]);
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
