package io.gpumq.soak.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random streams of sequences against plain sets and counts. */
class RangesTest {
  @Test
  void theSweepAgreesWithPlainCounting() {
    for (long seed = 0; seed < 2000; seed++) {
      compare(new Random(seed), "seed " + seed);
    }
  }

  private static void compare(Random random, String seed) {
    int sent = random.nextInt(200);
    List<Long> stream = new ArrayList<>();
    for (long sequence = 0; sequence < sent + 3; sequence++) {
      boolean exists = sequence < sent || random.nextInt(4) == 0;
      for (int n = exists && random.nextInt(20) > 0 ? 1 : 0; n > 0; n = random.nextInt(10) / 9) {
        stream.add(sequence);
      }
    }
    for (int swaps = random.nextInt(10); swaps > 0 && stream.size() > 1; swaps--) {
      Collections.swap(stream, random.nextInt(stream.size()), random.nextInt(stream.size()));
    }
    List<Received> readers = List.of(new Received(), new Received());
    List<List<Long>> plain = List.of(new ArrayList<>(), new ArrayList<>());
    for (long sequence : stream) {
      int reader = random.nextInt(3) / 2;
      readers.get(reader).add(sequence);
      plain.get(reader).add(sequence);
    }

    var ranges = new Ranges();
    long reordered = 0;
    for (Received reader : readers) {
      reader.collectInto(ranges);
      reordered += reader.reordered().length;
    }
    Ranges.Sweep sweep = ranges.sweep(sent);
    Map<Long, Integer> counts = new HashMap<>();
    stream.forEach(sequence -> counts.merge(sequence, 1, Integer::sum));
    long distinct = counts.keySet().stream().filter(s -> s < sent).count();
    assertEquals(sent - distinct, sweep.missing(), seed);
    assertEquals(
        counts.entrySet().stream()
            .filter(e -> e.getKey() < sent)
            .mapToLong(e -> e.getValue() - 1)
            .sum(),
        sweep.repeated(),
        seed);
    assertEquals(stream.stream().filter(s -> s >= sent).count(), sweep.unsent(), seed);
    assertEquals(plain.stream().mapToLong(RangesTest::reordered).sum(), reordered, seed);
  }

  /** Sequences whose first sighting came after a higher one. */
  private static long reordered(List<Long> stream) {
    Set<Long> seen = new HashSet<>();
    long highest = -1;
    long reordered = 0;
    for (long sequence : stream) {
      if (seen.add(sequence) && sequence < highest) {
        reordered++;
      }
      highest = Math.max(highest, sequence);
    }
    return reordered;
  }
}
