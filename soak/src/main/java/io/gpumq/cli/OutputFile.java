package io.gpumq.cli;

import io.gpumq.api.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Refuses files that results could not be written to, before there are results. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Tries whether the file can be written. Leaves what is in it, and no file where there was none.
   *
   * @param option that named the file, for the message
   * @throws ConfigException if it cannot
   */
  static void require(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw new ConfigException(option + " " + file + ": must be a file in a folder that exists");
    }
    try {
      if (!Files.exists(file)) {
        // Only a trial tells: a folder such as /proc grants root everything, and takes no file.
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW).close();
        Files.delete(file);
      } else if (Files.isRegularFile(file)) {
        Files.newOutputStream(file, StandardOpenOption.WRITE).close();
      } else if (!Files.isWritable(file)) {
        throw new IOException("not writable");
      }
    } catch (IOException e) {
      throw new ConfigException(
          option
              + " "
              + file
              + ": cannot be written ("
              + e
              + "); give a file in a folder that you may write to");
    }
  }

  /**
   * Refuses two options that name one file, where the later result would replace the other.
   *
   * @throws ConfigException if they do, by whatever path
   */
  static void requireApart(String option, Path file, String otherOption, Path other) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return; // such as /dev/null, which keeps nothing anyhow
    }
    if (real(file).equals(real(other))) {
      throw new ConfigException(
          String.format(
              "%s %s and %s %s: are the same file; give each one of its own",
              option, file, otherOption, other));
    }
  }

  private static Path real(Path file) {
    try {
      if (Files.exists(file)) {
        return file.toRealPath();
      }
      Path absolute = file.toAbsolutePath();
      return absolute.getParent().toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      throw new UncheckedIOException("looking for " + file, e);
    }
  }
}
