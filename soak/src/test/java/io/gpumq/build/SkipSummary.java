package io.gpumq.build;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Ends the output of a build with the tests that it skipped, and why. The build runs {@link #main}
 * in Maven's own process, which knows no later moment than its end: what Maven itself writes last
 * would push the reasons off the screen.
 */
public final class SkipSummary {
  private static final Pattern REASON = Pattern.compile("(?:.*Assumption failed: )?([^\n]*)");

  private SkipSummary() {}

  /**
   * Has the summary written when this process ends.
   *
   * @param args the root of the repository
   */
  public static void main(String[] args) {
    Path root = Path.of(args[0]);
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    Runnable atEnd = () -> System.out.print(text(root, started));
    // Maven ends the group that this runs in, and every thread of it, when this method returns.
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(group, atEnd, "skip-summary"));
    // The class path is gone by then: what the summary wants is loaded now.
    text(root, Long.MAX_VALUE);
  }

  /**
   * Returns a line for each reason and class of tests in the reports below that folder; nothing
   * where none was skipped.
   *
   * @param since milliseconds since 1970: older reports are of other builds
   */
  static String text(Path root, long since) {
    var skipped = new TreeMap<String, Integer>();
    for (Path report : reports(root, since)) {
      NodeList all = parse(report).getElementsByTagName("skipped");
      for (int i = 0; i < all.getLength(); i++) {
        Element skip = (Element) all.item(i);
        String test = ((Element) skip.getParentNode()).getAttribute("classname");
        String simple = test.substring(test.lastIndexOf('.') + 1);
        skipped.merge(simple + ": " + reason(skip), 1, Integer::sum);
      }
    }
    if (skipped.isEmpty()) {
      return "";
    }
    int sum = skipped.values().stream().mapToInt(Integer::intValue).sum();
    return "Skipped tests: "
        + sum
        + skipped.entrySet().stream()
            .map(entry -> "\n  " + entry.getValue() + " of " + entry.getKey())
            .collect(Collectors.joining())
        + "\n";
  }

  private static String reason(Element skip) {
    String told = skip.getAttribute("message");
    Matcher reason = REASON.matcher(told.isEmpty() ? skip.getTextContent() : told);
    return reason.lookingAt() ? reason.group(1).strip() : told;
  }

  private static List<Path> reports(Path root, long since) {
    try (Stream<Path> modules = Files.find(root, 3, (path, is) -> is.isDirectory())) {
      var reports = new ArrayList<Path>();
      for (Path module : modules.sorted().toList()) {
        Path folder = module.resolve("target/surefire-reports");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.list(folder)) {
            files
                .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                .filter(file -> changed(file).toMillis() >= since)
                .forEach(reports::add);
          }
        }
      }
      return reports;
    } catch (IOException e) {
      throw new IllegalStateException("looking for reports of tests in " + root, e);
    }
  }

  private static FileTime changed(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new IllegalStateException("looking at " + file, e);
    }
  }

  private static Element parse(Path report) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(report.toFile())
          .getDocumentElement();
    } catch (Exception e) {
      throw new IllegalStateException("reading " + report, e);
    }
  }
}
