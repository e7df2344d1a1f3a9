package io.gpumq.soak.report;

import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.report.BenchReport.ResultFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The report as tables for a terminal: tracks side by side, one line a size of payload. */
public final class TextReport {
  private static final String HEAD = "  %9s";
  private static final int CELL = 9;

  private final BenchReport report;
  private final List<String> tracks;
  private final List<Integer> payloads;
  private final StringBuilder out = new StringBuilder();

  private TextReport(BenchReport report) {
    this.report = report;
    this.tracks = report.results().stream().map(ResultFields::track).distinct().toList();
    this.payloads = report.results().stream().map(ResultFields::payloadBytes).distinct().toList();
  }

  /** The tables, each line ended. */
  public static String of(BenchReport report) {
    return new TextReport(report).write();
  }

  private String write() {
    for (String track : tracks) {
      ResultFields any = find(track, payloads.get(0));
      line("Track %s: %s", track.toUpperCase(Locale.ROOT), any.description());
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
    heads(List.of("msg/s", "MB/s"), 15, true);
    for (int payload : payloads) {
      var row = new StringBuilder(HEAD.formatted(Numbers.bytes(payload)));
      for (String track : tracks) {
        ResultFields result = find(track, payload);
        row.append(" |");
        row.append("%15s".formatted(Numbers.plain(result.throughputMsgS())));
        row.append("%15s".formatted(Numbers.plain(result.throughputBytesS() / 1e6)));
      }
      Double ratio = report.ratioBOverA().get(Integer.toString(payload));
      if (ratio != null) {
        row.append(" |%9s".formatted(Numbers.plain(ratio) + "x"));
      }
      line("%s", row);
    }
  }

  private void percentiles(String title, Function<ResultFields, Percentiles> which) {
    line("");
    line("%s", title);
    heads(List.of("p50", "p95", "p99", "p99.9", "max"), CELL, false);
    for (int payload : payloads) {
      var row = new StringBuilder(HEAD.formatted(Numbers.bytes(payload)));
      for (String track : tracks) {
        Percentiles p = which.apply(find(track, payload));
        row.append(" |");
        for (double value : new double[] {p.p50(), p.p95(), p.p99(), p.p99_9(), p.max()}) {
          row.append(("%" + CELL + "s").formatted(Numbers.plain(value)));
        }
      }
      line("%s", row);
    }
  }

  private void heads(List<String> columns, int width, boolean ratio) {
    var names = new StringBuilder(HEAD.formatted(""));
    var heads = new StringBuilder(HEAD.formatted("payload"));
    for (String track : tracks) {
      ResultFields any = find(track, payloads.get(0));
      String name = "Track " + track.toUpperCase(Locale.ROOT) + ", " + Numbers.device(any.device());
      names.append(" | ").append(("%-" + (width * columns.size() - 1) + "s").formatted(name));
      heads.append(" |");
      columns.forEach(column -> heads.append(("%" + width + "s").formatted(column)));
    }
    if (ratio && !report.ratioBOverA().isEmpty()) {
      names.append(" |");
      heads.append(" |%9s".formatted("B / A"));
    }
    line("%s", names.toString().stripTrailing());
    line("%s", heads);
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
    line(
        "Verified %,d messages, every byte: lost %,d, duplicated %,d, reordered %,d, corrupted %,d%s",
        sum[0],
        sum[1],
        sum[2],
        sum[3],
        sum[4],
        sum[5] == 0 ? "" : ", dead-lettered as the handler was to %,d".formatted(sum[5]));
  }

  private ResultFields find(String track, int payload) {
    var found = new ArrayList<>(report.results());
    found.removeIf(r -> !r.track().equals(track) || r.payloadBytes() != payload);
    return found.get(0);
  }

  private void line(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
