package io.gpumq.soak.report;

import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.report.BenchReport.FailureFields;
import io.gpumq.soak.report.BenchReport.ResultFields;
import io.gpumq.soak.report.BenchReport.WorkloadFields;
import io.gpumq.soak.workload.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The report as one page that needs nothing else: charts are inline SVG, no script, no font, no
 * address. Follows the reader's choice of light or dark.
 */
public final class HtmlReport {
  private final BenchReport report;
  private final List<ResultFields> results;
  private final StringBuilder out = new StringBuilder();

  private HtmlReport(BenchReport report) {
    this.report = report;
    this.results = report.results();
  }

  /** The page's text: HTML that is well-formed XML too. */
  public static String of(BenchReport report) {
    return new HtmlReport(report).write();
  }

  private String write() {
    out.append("<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'/>\n");
    out.append("<meta name='viewport' content='width=device-width, initial-scale=1'/>\n");
    out.append("<title>")
        .append(title())
        .append("</title>\n<style>\n")
        .append(style())
        .append("</style>\n");
    out.append("</head>\n<body>\n<main>\n");
    heading();
    var charts = new Charts(results);
    var bars = new Bars(results);
    section(
        "Throughput",
        "Closed by back-pressure: messages a second from the first send to the"
            + " last acknowledgement. Log scale: bars begin at "
            + bars.begin()
            + ", and each line is ten times the one before.");
    out.append(bars.draw());
    throughputTable();
    section(
        "Latency",
        "At "
            + Numbers.plain(report.workload().rateMsgS())
            + " messages a second, from the time at which each message was to be sent until a"
            + " consumer held it: a sender that falls behind counts as latency. Microseconds, log"
            + " scale.");
    out.append(charts.percentiles("Latency", ResultFields::latencyUs));
    percentilesTable(ResultFields::latencyUs);
    section(
        "Round trip",
        "One message at a time: sent, polled, acknowledged. Microseconds, log" + " scale.");
    out.append(charts.percentiles("Round trip", ResultFields::roundTripUs));
    percentilesTable(ResultFields::roundTripUs);
    verification();
    section("Environment", null);
    facts(environment());
    section("Workload", null);
    facts(workload(report.workload()));
    return out.append("</main>\n</body>\n</html>\n").toString();
  }

  private void heading() {
    out.append("<h1>").append(title()).append("</h1>\n<p class='sub'>");
    out.append(escape(report.environment().date())).append(" · version ");
    out.append(escape(report.environment().version())).append(" · commit ");
    out.append(escape(report.environment().commit())).append("</p>\n");
    if (isWithoutGpu()) {
      out.append("<p class='notice'>The handlers ran on threads of this machine, the device host.");
      out.append(" These figures show that everything works, and nothing about a GPU.</p>\n");
    }
    out.append("<ul class='legend'>\n");
    results.stream()
        .map(ResultFields::track)
        .distinct()
        .map(track -> results.stream().filter(r -> r.track().equals(track)).findFirst())
        .map(first -> first.orElseThrow())
        .forEach(this::legend);
    out.append("</ul>\n");
    if (!report.ratioBOverA().isEmpty()) {
      out.append("<ul class='tiles'>\n");
      report
          .ratioBOverA()
          .forEach(
              (payload, ratio) ->
                  out.append(
                      "<li><b>%s×</b><span>B over A, %s%s</span></li>\n"
                          .formatted(
                              Numbers.plain(ratio),
                              Numbers.bytes(Integer.parseInt(payload)),
                              isWithoutGpu() ? ", no GPU" : "")));
      out.append("</ul>\n");
    }
  }

  private String title() {
    return isWithoutGpu() ? "GpuMQ bench without a GPU" : "GpuMQ bench";
  }

  private boolean isWithoutGpu() {
    return results.stream().allMatch(result -> result.device().equals("host"));
  }

  private void legend(ResultFields result) {
    out.append("<li><i class='").append(result.track()).append("'></i><span><b>Track ");
    out.append(result.track().toUpperCase(Locale.ROOT)).append("</b> ");
    out.append(escape(result.description())).append(" <em>");
    out.append(escape(Numbers.device(result.device()))).append("</em></span></li>\n");
  }

  private void section(String title, String words) {
    out.append("<h2>").append(title).append("</h2>\n");
    if (words != null) {
      out.append("<p>").append(escape(words)).append("</p>\n");
    }
  }

  private void throughputTable() {
    table(
        List.of("payload", "track", "msg/s", "MB/s", "sent", "received"),
        r ->
            List.of(
                Numbers.plain(r.throughputMsgS()),
                Numbers.plain(r.throughputBytesS() / 1e6),
                Numbers.count(r.sent()),
                Numbers.count(r.received())));
  }

  private void percentilesTable(Function<ResultFields, Percentiles> which) {
    table(
        List.of("payload", "track", "p50", "p95", "p99", "p99.9", "max"),
        r -> {
          Percentiles p = which.apply(r);
          return List.of(
              Numbers.plain(p.p50()),
              Numbers.plain(p.p95()),
              Numbers.plain(p.p99()),
              Numbers.plain(p.p99_9()),
              Numbers.plain(p.max()));
        });
  }

  private void verification() {
    for (FailureFields failure : report.failures()) {
      section(
          "Failed",
          "Track %s, %s: %s"
              .formatted(
                  failure.track().toUpperCase(Locale.ROOT),
                  Numbers.bytes(failure.payloadBytes()),
                  failure.problem()));
    }
    boolean clean =
        results.stream()
            .allMatch(r -> r.lost() + r.duplicated() + r.reordered() + r.corrupted() == 0);
    section(
        clean ? "Verified" : "Verification failed",
        "Checked of every message, those of warm-up, latency and round trips too: "
            + Verification.of(report.workload().verify()).checked()
            + ".");
    table(
        List.of(
            "payload",
            "track",
            "verified",
            "lost",
            "duplicated",
            "reordered",
            "corrupted",
            "dead-lettered"),
        r ->
            List.of(
                Numbers.count(r.verified()),
                Numbers.count(r.lost()),
                Numbers.count(r.duplicated()),
                Numbers.count(r.reordered()),
                Numbers.count(r.corrupted()),
                Numbers.count(r.deadLettered())));
  }

  /** A row for each result, sizes together; the first two columns and the last are the same. */
  private void table(List<String> heads, Function<ResultFields, List<String>> cells) {
    out.append("<div class='table'><table>\n<thead><tr>");
    heads.forEach(head -> out.append("<th>").append(head).append("</th>"));
    out.append("<th>device</th></tr></thead>\n<tbody>\n");
    results.stream()
        .map(ResultFields::payloadBytes)
        .distinct()
        .sorted()
        .forEach(
            payload -> {
              for (ResultFields result : results) {
                if (result.payloadBytes() == payload) {
                  out.append("<tr><td>").append(Numbers.bytes(payload)).append("</td><td>");
                  out.append(result.track().toUpperCase(Locale.ROOT)).append("</td>");
                  cells.apply(result).forEach(c -> out.append("<td>").append(c).append("</td>"));
                  out.append("<td>").append(Numbers.device(result.device()));
                  out.append("</td></tr>\n");
                }
              }
            });
    out.append("</tbody>\n</table></div>\n");
  }

  private Map<String, String> environment() {
    Environment e = report.environment();
    var facts = new LinkedHashMap<String, String>();
    facts.put("processor", e.cpu() + ", " + e.cores() + " cores");
    facts.put("GPU", e.gpu() == null ? "none" : e.gpu() + ", driver " + e.driver());
    facts.put("Java", e.jdk());
    return facts;
  }

  private static Map<String, String> workload(WorkloadFields w) {
    var facts = new LinkedHashMap<String, String>();
    facts.put("handler", w.handler());
    facts.put("producers, consumers", w.producers() + ", " + w.consumers());
    facts.put("batch", Numbers.count(w.batch()));
    facts.put("limit", Numbers.count(w.maxMessages()) + " messages");
    facts.put("lanes", Numbers.count(w.lanes()) + (w.strictOrder() ? ", in strict order" : ""));
    facts.put("messages", w.messages() == null ? "as many as fit" : Numbers.count(w.messages()));
    facts.put("measured, warm-up", w.durationS() + " s, " + w.warmupS() + " s");
    facts.put("seed", Long.toString(w.seed()));
    return facts;
  }

  private void facts(Map<String, String> facts) {
    out.append("<dl>\n");
    facts.forEach(
        (name, value) ->
            out.append("<dt>%s</dt><dd>%s</dd>\n".formatted(escape(name), escape(value))));
    out.append("</dl>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&quot;");
  }

  private static String style() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("bench.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
