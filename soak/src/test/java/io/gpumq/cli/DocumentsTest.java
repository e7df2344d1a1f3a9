package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

/** What the documents show is what there is. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Path EXAMPLE = ROOT.resolve("examples/Hello.java");
  private static final Path BENCH = ROOT.resolve("docs/BENCHMARKING.md");
  private static final Path GUIDE = ROOT.resolve("docs/USING.md");
  private static final String READERS_OWN =
      """
      import io.gpumq.api.*;
      import java.nio.ByteBuffer;
      import java.time.Duration;
      import java.util.*;
      import java.util.concurrent.Executor;
      abstract class Guide {
        interface Tick { void writeTo(ByteBuffer slot); }
        interface Book { boolean apply(Entry entry); }
        Track track;
        List<MessageQueue> accounts;
        MessageQueue queue;
        Producer producer;
        Consumer consumer;
        Batch batch;
        boolean running;
        List<Tick> ticks;
        Book book;
        Set<Long> stopped;
        Executor executor;
        abstract void use(ByteBuffer payload, ByteBuffer result);
        abstract void answer(Consumer consumer, Waiting waiting, Waiting.Outcome outcome);
        abstract boolean repaired(Entry letter);
        abstract void archive(Entry letter);
      """;
  private static final Pattern JAVA = Pattern.compile("(?s)```java\\n(.*?)```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
  private static final Pattern TITLE = Pattern.compile("(?m)^#+ (.*)$");

  /** The first block of that language after a place in the README. */
  private static String block(String language, String after) throws IOException {
    String text = Files.readString(README);
    int place = text.indexOf(after);
    assertTrue(place >= 0, "the README has no '" + after + "'");
    String fence = "\n```" + language + "\n";
    int begin = text.indexOf(fence, place) + fence.length();
    return text.substring(begin, text.indexOf("```\n", begin));
  }

  /** Tables, commands and titles are as long as they are. */
  @Test
  void proseWrapsAt100Columns() throws IOException {
    var tooLong = new ArrayList<String>();
    for (Path document : documents()) {
      boolean isCode = false;
      int number = 0;
      for (String line : Files.readAllLines(document)) {
        number++;
        isCode ^= line.stripLeading().startsWith("```");
        if (!isCode && line.length() > 100 && !line.matches("\\s*[|#].*")) {
          tooLong.add(document + ":" + number);
        }
      }
    }
    assertEquals(List.of(), tooLong, "lines of more than 100 columns");
  }

  @Test
  void theReadmeShowsWhatTheExampleDoes() throws IOException {
    String example = Files.readString(EXAMPLE);
    String begin = "main(String[] args) throws InterruptedException {\n";
    String body =
        example.substring(example.indexOf(begin) + begin.length(), example.lastIndexOf("  }\n}"));
    assertEquals(body.indent(-4), block("java", "## In Java"));
  }

  @Test
  void theExampleSaysWhatTheReadmeShows() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dstdout.encoding=UTF-8",
                EXAMPLE.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertEquals(block("text", "## In Java"), said);
  }

  /** Each block of it in a method of its own, beside what a reader has of his own. */
  @Test
  void theJavaOfTheGuideCompiles(@TempDir Path folder) throws IOException {
    var source = new StringBuilder(READERS_OWN);
    Matcher java = JAVA.matcher(Files.readString(GUIDE));
    int blocks = 0;
    for (; java.find(); blocks++) {
      source.append("void m%d() throws Exception {%n%s}%n".formatted(blocks, java.group(1)));
    }
    assertTrue(blocks >= 6, () -> "these are not all the blocks of " + GUIDE);
    Path file = Files.writeString(folder.resolve("Guide.java"), source.append('}'));
    var errors = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, errors, "-d", folder.toString(), file.toString());
    assertEquals(0, status, () -> errors.toString(StandardCharsets.UTF_8));
  }

  @Test
  void theBenchsDocumentNamesItsEveryOption() throws IOException {
    String document = Files.readString(BENCH);
    var missing = new ArrayList<String>();
    for (OptionSpec option :
        GpuMq.commandLine().getSubcommands().get("bench").getCommandSpec().options()) {
      String name = option.longestName();
      if (!option.usageHelp() && !option.versionHelp() && !document.contains("`" + name)) {
        missing.add(name);
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void everyLinkLeadsToAFileAndATitle() throws IOException {
    List<Path> documents = documents();
    assertTrue(documents.contains(README), () -> "these are not all: " + documents);
    var broken = new ArrayList<String>();
    for (Path document : documents) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        if (!link.group(1).contains("://") && !leadsSomewhere(document, link)) {
          broken.add(document + ": " + link.group());
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  private static boolean leadsSomewhere(Path document, Matcher link) throws IOException {
    Path file = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
    if (link.group(2) == null || !Files.exists(file)) {
      return Files.exists(file);
    }
    return TITLE
        .matcher(Files.readString(file))
        .results()
        .anyMatch(title -> anchor(title.group(1)).equals(link.group(2)));
  }

  /** The name that a title gets on a page: small letters, no marks, a hyphen for each blank. */
  private static String anchor(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }

  private static List<Path> documents() throws IOException {
    var documents = new ArrayList<Path>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      int depth = folder.equals(ROOT) ? 1 : Integer.MAX_VALUE;
      try (Stream<Path> files = Files.walk(folder, depth)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents;
  }
}
