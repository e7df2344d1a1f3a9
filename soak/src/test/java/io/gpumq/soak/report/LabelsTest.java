package io.gpumq.soak.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** No label of the charts stands on a line or on another label. */
class LabelsTest {
  private static final int PANELS = 8;
  private static final int FIGURES = PANELS * 2 * 5;

  @Test
  void thoseOfPlainLinesAreAllThere() throws Exception {
    assertEquals(FIGURES, checked(HtmlReport.of(Samples.report("a", "b"))));
    assertEquals(FIGURES / 2, checked(HtmlReport.of(Samples.report("b"))));
  }

  @Test
  void noneStandsInAnothersWay() throws Exception {
    int pages = 40;
    int shown = 0;
    for (int seed = 0; seed < pages; seed++) {
      shown += checked(HtmlReport.of(Samples.drawn(new Random(seed))));
    }
    assertTrue(shown > 0.95 * pages * FIGURES, shown + " of " + pages * FIGURES);
  }

  /** How many labels the charts of a page have, once none is seen to be in the way. */
  private static int checked(String page) throws Exception {
    int labels = 0;
    List<Element> panels = elements(ReportTest.parse(page).getDocumentElement(), "svg").toList();
    assertEquals(PANELS, panels.size());
    for (Element panel : panels) {
      var boxes = new ArrayList<Rectangle2D>();
      elements(panel, "text")
          .filter(text -> text.getAttribute("class").startsWith("value"))
          .forEach(text -> boxes.add(box(text)));
      labels += boxes.size();
      var lines = new ArrayList<Line2D>();
      elements(panel, "polyline").forEach(line -> lines.addAll(segments(line)));
      for (int i = 0; i < boxes.size(); i++) {
        Rectangle2D box = boxes.get(i);
        assertTrue(lines.stream().noneMatch(line -> line.intersects(box)), page);
        for (Rectangle2D other : boxes.subList(i + 1, boxes.size())) {
          assertFalse(box.intersects(other), page);
        }
      }
    }
    return labels;
  }

  private static Stream<Element> elements(Element in, String tag) {
    NodeList all = in.getElementsByTagName(tag);
    return IntStream.range(0, all.getLength()).mapToObj(i -> (Element) all.item(i));
  }

  /** Where a text is, in letters of 12 pixels. */
  private static Rectangle2D box(Element text) {
    int points = text.getTextContent().replaceAll("[0-9]", "").length();
    double width = 7.6 * (text.getTextContent().length() - points) + 3.8 * points;
    double x = Double.parseDouble(text.getAttribute("x"));
    double y = Double.parseDouble(text.getAttribute("y"));
    return new Rectangle2D.Double(x - width / 2, y - 9, width, 9);
  }

  private static List<Line2D> segments(Element polyline) {
    String[] points = polyline.getAttribute("points").split("[ ,]");
    var segments = new ArrayList<Line2D>();
    for (int i = 2; i < points.length; i += 2) {
      segments.add(
          new Line2D.Double(
              Double.parseDouble(points[i - 2]),
              Double.parseDouble(points[i - 1]),
              Double.parseDouble(points[i]),
              Double.parseDouble(points[i + 1])));
    }
    return segments;
  }
}
