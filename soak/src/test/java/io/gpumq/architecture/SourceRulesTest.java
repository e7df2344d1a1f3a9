package io.gpumq.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What holds for every source file of the repository, whatever its language. */
class SourceRulesTest {
  private static final int MOST_LINES = 400;
  private static final Pattern SOURCE = Pattern.compile(".*\\.(java|cu|h|cpp|sh)");
  private static final Set<String> NOT_OURS = Set.of("target", "dist", ".git", ".mvn");

  @Test
  void noFileIsLong() {
    var sources = sources();
    assertTrue(sources.size() > 50, () -> "these are not all the sources: " + sources);
    var tooLong = new ArrayList<String>();
    for (Path source : sources) {
      long lines = text(source).lines().count();
      if (lines > MOST_LINES) {
        tooLong.add(source + ": " + lines + " lines, at most " + MOST_LINES);
      }
    }
    assertEquals(List.of(), tooLong, "split these, by what they do");
  }

  @Test
  void noWorkIsLeftForLater() {
    var mark = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    var left = sources().stream().filter(source -> mark.matcher(text(source)).find()).toList();
    assertEquals(List.of(), left, "finish what these leave open");
  }

  @Test
  void noLineEndsInSpaces() {
    var spaces = Pattern.compile("[ \t]+$", Pattern.MULTILINE);
    var found = sources().stream().filter(source -> spaces.matcher(text(source)).find()).toList();
    assertEquals(List.of(), found);
  }

  private static List<Path> sources() {
    var root = Path.of("").toAbsolutePath().getParent();
    assertFalse(root == null || !Files.exists(root.resolve("mvnw")), "not in a module: " + root);
    var sources = new ArrayList<Path>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes a) {
              return NOT_OURS.contains(directory.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              if (SOURCE.matcher(file.getFileName().toString()).matches()) {
                sources.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
