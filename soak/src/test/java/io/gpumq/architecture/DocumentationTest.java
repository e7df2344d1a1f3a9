package io.gpumq.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What MEMORY_ORDERING.md names exists: classes, their methods, functions, words. */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DOCUMENT = ROOT.resolve("docs/MEMORY_ORDERING.md");
  private static final List<String> SOURCES =
      List.of("kernels/src", "track-b-gpu/src", "broker/api/src");

  private static final Pattern QUOTED = Pattern.compile("`([^`\n]+)`");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern MEMBER =
      Pattern.compile("([A-Z][A-Za-z0-9]*)\\.([a-z][A-Za-z0-9]*)(?:\\(\\))?");

  @Test
  void everyNameIsOneOfTheSources() {
    var sources = sources();
    Set<String> names = new HashSet<>();
    for (Path source : sources) {
      names.add(source.getFileName().toString());
      NAME.matcher(text(source)).results().forEach(match -> names.add(match.group()));
    }
    var unknown = new ArrayList<String>();
    int looked = 0;
    for (Matcher quoted = QUOTED.matcher(text(DOCUMENT)); quoted.find(); looked++) {
      String name = quoted.group(1);
      Matcher member = MEMBER.matcher(name);
      boolean known =
          member.matches()
              ? hasMember(sources, member.group(1), member.group(2))
              : names.contains(name) || nameOfCall(name, names);
      if (!known) {
        unknown.add(name);
      }
    }
    assertTrue(looked > 50, "these are not all the names of " + DOCUMENT);
    assertEquals(List.of(), unknown, "names in " + DOCUMENT + " that no source has");
  }

  /** {@code warp.sync()}: the last part is a function. */
  private static boolean nameOfCall(String name, Set<String> names) {
    return name.endsWith("()")
        && names.contains(name.substring(name.lastIndexOf('.') + 1, name.length() - 2));
  }

  private static boolean hasMember(List<Path> sources, String type, String member) {
    var declared = Pattern.compile("\\b" + member + "\\b");
    return sources.stream()
        .filter(source -> source.getFileName().toString().equals(type + ".java"))
        .anyMatch(source -> declared.matcher(text(source)).find());
  }

  private static List<Path> sources() {
    return SOURCES.stream()
        .flatMap(folder -> files(ROOT.resolve(folder)))
        .filter(file -> file.toString().matches(".*\\.(java|h|cu|cuh|cpp)"))
        .toList();
  }

  private static Stream<Path> files(Path folder) {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
