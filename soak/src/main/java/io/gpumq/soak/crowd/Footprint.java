package io.gpumq.soak.crowd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Memory of the host that this process holds at one moment.
 *
 * @param heapBytes in use once a collection has taken away all that it can
 * @param pinnedBytes of its tracks' shared files, which a GPU reads and writes, too
 */
public record Footprint(long heapBytes, long pinnedBytes) {
  /** One collection leaves what it has queued for cleaning: that goes with a next. */
  private static final int MOST_COLLECTIONS = 10;

  /** A queue is folded a second behind its last use, and nobody tells when that is done. */
  private static final long PAUSE_MILLIS = 1_500;

  /** Where no more than this part goes from one look to the next, nothing does. */
  private static final int SETTLED_PART = 100;

  /** Of rings and areas for copies: a ring's is deleted with it, an area's when it is mapped. */
  private static final Pattern SHARED =
      Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*/gpumq-[^/]*(?:\\.ring|-area\\.vram.*)");

  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

  /** Collects garbage until that gives nothing more, and looks. */
  public static Footprint now() {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < MOST_COLLECTIONS; i++) {
      MEMORY.gc();
      long now = MEMORY.getHeapMemoryUsage().getUsed();
      if (i > 1 && used - now < now / SETTLED_PART) {
        break;
      }
      used = now;
    }
    return new Footprint(MEMORY.getHeapMemoryUsage().getUsed(), pinned());
  }

  /**
   * Looks until hardly anything goes any more: what nobody uses is folded a while later.
   *
   * @param patience how long at most
   */
  public static Footprint settled(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Footprint seen = now();
    while (System.nanoTime() - deadline < 0) {
      Thread.sleep(PAUSE_MILLIS);
      Footprint next = now();
      boolean isSettled = seen.heapBytes - next.heapBytes < next.heapBytes / SETTLED_PART;
      seen = next;
      if (isSettled) {
        break;
      }
    }
    return seen;
  }

  /** What has come on top since another moment. */
  public Footprint since(Footprint before) {
    return new Footprint(heapBytes - before.heapBytes, pinnedBytes - before.pinnedBytes);
  }

  /** Both together. */
  public Footprint and(Footprint other) {
    return new Footprint(heapBytes + other.heapBytes, pinnedBytes + other.pinnedBytes);
  }

  /** Bytes of the shared files that this process has mapped: each is mapped once. */
  public static long pinned() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.mapToLong(Footprint::sharedBytes).sum();
    } catch (IOException e) {
      throw new UncheckedIOException("the maps of this process cannot be read", e);
    }
  }

  private static long sharedBytes(String line) {
    Matcher matcher = SHARED.matcher(line);
    return matcher.matches()
        ? Long.parseUnsignedLong(matcher.group(2), 16)
            - Long.parseUnsignedLong(matcher.group(1), 16)
        : 0;
  }
}
