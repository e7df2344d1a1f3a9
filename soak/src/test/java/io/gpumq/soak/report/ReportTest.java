package io.gpumq.soak.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.StringReader;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
  private static final Set<String> PERCENTILES = Set.of("p50", "p95", "p99", "p99_9", "max");

  @Test
  void theJsonHoldsEveryField() {
    JsonObject json = JsonParser.parseString(Samples.report("a", "b").toJson()).getAsJsonObject();
    assertEquals(
        Set.of("environment", "workload", "results", "failures", "ratio_b_over_a"), json.keySet());
    assertEquals(
        Set.of(
            "cpu",
            "cores",
            "heap_bytes",
            "shm_bytes",
            "gpu",
            "driver",
            "jdk",
            "version",
            "commit",
            "date"),
        json.getAsJsonObject("environment").keySet());
    assertEquals(
        Set.of(
            "tracks",
            "payload_bytes",
            "producers",
            "consumers",
            "batch",
            "handler",
            "verify",
            "messages",
            "rate_msg_s",
            "duration_s",
            "warmup_s",
            "max_messages",
            "lanes",
            "strict_order",
            "seed"),
        json.getAsJsonObject("workload").keySet());
    assertEquals(8, json.getAsJsonArray("results").size());
    for (JsonElement element : json.getAsJsonArray("results")) {
      JsonObject result = element.getAsJsonObject();
      assertEquals(
          Set.of(
              "track",
              "device",
              "description",
              "payload_bytes",
              "producers",
              "handler",
              "sent",
              "received",
              "lost",
              "duplicated",
              "reordered",
              "corrupted",
              "dead_lettered",
              "verified",
              "throughput_msg_s",
              "throughput_bytes_s",
              "latency_us",
              "round_trip_us"),
          result.keySet());
      assertEquals(PERCENTILES, result.getAsJsonObject("latency_us").keySet());
      assertEquals(PERCENTILES, result.getAsJsonObject("round_trip_us").keySet());
    }
    JsonObject ratios = json.getAsJsonObject("ratio_b_over_a");
    assertEquals(Set.of("64", "256", "1024", "4096"), ratios.keySet());
    assertEquals(130, ratios.get("256").getAsDouble(), 0.001);
  }

  @Test
  void oneTrackAloneHasNoRatio() {
    JsonObject json = JsonParser.parseString(Samples.report("b").toJson()).getAsJsonObject();
    assertEquals(0, json.getAsJsonObject("ratio_b_over_a").size());
    assertFalse(TextReport.of(Samples.report("b"), 80).contains("B / A"));
    assertFalse(HtmlReport.of(Samples.report("b")).contains("B over A"));
  }

  @Test
  void aSizeThatFailedIsShownAsThat() throws Exception {
    BenchReport report = Samples.reportWithout("a64", "a", "b");
    JsonObject json = JsonParser.parseString(report.toJson()).getAsJsonObject();
    assertEquals(7, json.getAsJsonArray("results").size());
    JsonObject failure = json.getAsJsonArray("failures").get(0).getAsJsonObject();
    assertEquals("a", failure.get("track").getAsString());
    assertEquals(64, failure.get("payload_bytes").getAsInt());
    assertEquals("java.lang.IllegalStateException: <died>", failure.get("problem").getAsString());
    assertFalse(json.getAsJsonObject("ratio_b_over_a").has("64"));
    String page = HtmlReport.of(report);
    assertTrue(page.contains("Track A, 64 B: java.lang.IllegalStateException: &lt;died&gt;"), page);
    Document document = parse(page);
    assertEquals(7, bars(document));
    assertEquals(14, document.getElementsByTagName("polyline").getLength());
    String text = TextReport.of(report, 80);
    assertEquals(3, text.lines().filter(line -> line.matches(" +64 B.* failed .*")).count(), text);
    assertTrue(fits(text), text);
  }

  @Test
  void theTextFitsATerminal() {
    for (int columns : new int[] {80, 100, 101, 132, 400}) {
      for (String[] tracks : new String[][] {{"a", "b"}, {"b"}}) {
        for (double rate : new double[] {1, 10_000, 100_000_000}) {
          String text = TextReport.of(Samples.at(rate, tracks), columns);
          assertTrue(text.lines().allMatch(line -> line.length() <= columns), text);
        }
      }
    }
  }

  @Test
  void aWideTerminalHasTheTracksSideBySide() {
    BenchReport both = Samples.report("a", "b");
    for (int columns : new int[] {80, 101}) {
      String text = TextReport.of(both, columns);
      // Names of both tracks: in one line for throughput, and for latency and round trips.
      long shared = text.lines().filter(line -> line.matches(".*Track A,.*Track B,.*")).count();
      assertEquals(columns == 80 ? 1 : 3, shared, text);
      assertEquals(2 + 3 * 2, text.split("no GPU", -1).length - 1, text);
    }
  }

  private static boolean fits(String text) {
    return text.lines().allMatch(line -> line.length() <= 80);
  }

  @Test
  void thePageIsWellFormedAndNeedsNothingElse() throws Exception {
    for (BenchReport report : List.of(Samples.report("a", "b"), Samples.report("b"))) {
      String page = HtmlReport.of(report);
      Document document = parse(page);
      assertEquals("html", document.getDocumentElement().getTagName());
      NodeList all = document.getElementsByTagName("*");
      for (int i = 0; i < all.getLength(); i++) {
        String tag = all.item(i).getNodeName();
        assertFalse(Set.of("script", "link", "img", "iframe", "object").contains(tag), tag);
        for (String attribute : List.of("src", "href", "onload", "onclick")) {
          assertEquals(null, all.item(i).getAttributes().getNamedItem(attribute));
        }
      }
      assertFalse(Pattern.compile("https?:|//[a-z]|@import|url\\(").matcher(page).find());
      assertTrue(page.contains("prefers-color-scheme: dark"));
    }
  }

  @Test
  void everyResultIsDrawn() throws Exception {
    Document document = parse(HtmlReport.of(Samples.report("a", "b")));
    assertEquals(8, document.getElementsByTagName("svg").getLength());
    assertEquals(8, bars(document));
    assertEquals(16, document.getElementsByTagName("polyline").getLength());
  }

  private static long bars(Document document) {
    NodeList all = document.getElementsByTagName("div");
    return IntStream.range(0, all.getLength())
        .mapToObj(i -> ((Element) all.item(i)).getAttribute("class"))
        .filter(style -> style.startsWith("bar "))
        .count();
  }

  @Test
  void theHeadlineOfAMachineWithoutAGpuSaysThatItIsNone() throws Exception {
    String page = HtmlReport.of(Samples.report("a", "b"));
    Element body = (Element) parse(page).getElementsByTagName("main").item(0);
    assertTrue(body.getTextContent().strip().startsWith("GpuMQ bench without a GPU"), page);
    int said = page.indexOf("nothing about a GPU.");
    assertTrue(said > 0 && said < page.indexOf("B over A"), page);
    String onGpu = HtmlReport.of(Samples.onGpu());
    assertFalse(onGpu.contains("without a GPU"), onGpu);
    assertFalse(onGpu.contains("nothing about"), onGpu);
    assertFalse(onGpu.contains("no GPU"), onGpu);
  }

  @Test
  void countsAreWholeNumbers() {
    String page = HtmlReport.of(Samples.report("a", "b"));
    assertTrue(page.contains("<dt>lanes</dt><dd>2</dd>"), page);
    assertTrue(page.contains("<td>1,234,567</td><td>0</td><td>0</td><td>0</td><td>0</td>"), page);
  }

  @Test
  void aFigureOfTheHostDeviceIsMarkedEverywhere() {
    String page = HtmlReport.of(Samples.report("a", "b"));
    String mark = "host device (no GPU)";
    // Legend, bars, two tables of eight rows and more, and every point of the lines.
    assertTrue(page.split(Pattern.quote(mark), -1).length > 2 + 8 + 4 * 8 + 16 * 5, page);
    for (String row : page.split("\n")) {
      assertEquals(row.startsWith("<tr><td>"), row.startsWith("<tr><td>") && row.contains(mark));
    }
    String text = TextReport.of(Samples.report("a", "b"), 80);
    assertEquals(2 + 3 * 2, text.split(Pattern.quote(mark), -1).length - 1, text);
  }

  @Test
  void theTablesAreAligned() {
    aligned(TextReport.of(Samples.report("a", "b"), 80));
    aligned(TextReport.of(Samples.report("a", "b"), 132));
    aligned(TextReport.of(Samples.reportWithout("a64", "a", "b"), 132));
  }

  private static void aligned(String text) {
    String[] lines = text.split("\n");
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].strip().startsWith("payload")) {
        for (int row = 1; row <= Samples.PAYLOADS.size(); row++) {
          assertEquals(lines[i].length(), lines[i + row].length(), text);
          assertEquals(lines[i].indexOf('|'), lines[i + row].indexOf('|'), text);
        }
      }
    }
    assertTrue(text.contains("130x"), text);
  }

  static Document parse(String page) throws Exception {
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
  }
}
