package io.gpumq.soak.report;

import io.gpumq.soak.report.BenchReport.ResultFields;
import java.util.List;
import java.util.Locale;

/**
 * Draws the throughput as bars from left to right on a log scale, a group for each size of payload.
 * They are HTML, so that a narrow page shortens the bars and not the words.
 */
final class Bars {
  private final List<ResultFields> results;
  private final LogScale scale;

  Bars(List<ResultFields> results) {
    this.results = results;
    // In percent of the widest bar that there can be.
    this.scale = new LogScale(results.stream().map(ResultFields::throughputMsgS).toList(), 100, 0);
  }

  /** Returns where the bars begin. */
  String begin() {
    return Numbers.decade(scale.decades().get(0));
  }

  String draw() {
    var out = new StringBuilder();
    int spaces = scale.decades().size() - 1;
    out.append("<div class='bars' style='--spaces:").append(spaces).append("'>\n");
    for (int payload :
        results.stream().map(ResultFields::payloadBytes).distinct().sorted().toList()) {
      out.append("<b>").append(Numbers.bytes(payload)).append("</b>\n<div>\n");
      results.stream().filter(r -> r.payloadBytes() == payload).forEach(r -> bar(r, out));
      out.append("</div>\n");
    }
    return out.append("</div>\n").toString();
  }

  private void bar(ResultFields result, StringBuilder out) {
    double value = result.throughputMsgS();
    out.append(
        String.format(
            Locale.ROOT,
            "<div class='bar %s' style='width:%.1f%%' title='%s: %s msg/s'><span>%s</span></div>%n",
            result.track(),
            scale.y(value),
            Charts.title(result),
            Numbers.plain(value),
            Numbers.brief(value)));
  }
}
