package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random operations on a table, against a map from each pending sequence to what is known of it.
 */
class PendingTableTest {
  private static final int OWNERS = 100;
  private static final int STEPS = 60_000;

  private record Entry(long time, int owner, int deliveries) {}

  private final TreeMap<Long, Entry> model = new TreeMap<>();
  private SplittableRandom random;
  private PendingTable table;
  private long time;

  /**
   * @param start the first sequence
   * @param gap the most sequences between two that are added together
   * @param size about how many are pending in the end of the growing half
   */
  @ParameterizedTest
  @CsvSource({
    "0, 1, 300",
    "7, 1, 20000",
    "0, 3, 20000",
    "1023, 40, 20000",
    "0, 1000, 20000",
    "1000000007, 600000000, 5000"
  })
  void agreesWithAMap(long start, long gap, int size) {
    random = new SplittableRandom(start + gap + size);
    table = new PendingTable(start);
    boolean grows = true;
    for (int step = 0; step < STEPS; step++) {
      grows = grows ? model.size() < size : model.size() < size / 50;
      step(grows, gap);
      if (step % 500 == 0) {
        checkAll();
      }
    }
    while (!model.isEmpty()) {
      settleOne(model.ceilingKey(Math.min(anySequence(), model.lastKey())));
    }
    checkAll();
    assertEquals(0, table.pages().rows());
  }

  private void step(boolean grows, long gap) {
    switch (random.nextInt(8)) {
      case 0 -> add(grows ? 1 + random.nextInt(60) : 1, gap);
      case 1, 2 -> changeOne(anySequence());
      case 3 -> changeSome();
      case 4 -> look();
      case 5 -> settleBlock(anySequence(), grows);
      default -> {
        for (int i = grows ? 3 : 0; i < 4; i++) {
          settleOne(anySequence());
        }
      }
    }
    long start = model.isEmpty() ? table.end() : model.firstKey();
    assertEquals(start, table.start());
  }

  private Entry entry() {
    time += random.nextInt(3);
    return new Entry(
        time - random.nextInt(2) * random.nextInt(50),
        random.nextInt(3) == 0 ? random.nextInt(OWNERS) : random.nextInt(3) - 3,
        1 + random.nextInt(3) * random.nextInt(100_000));
  }

  /** Mostly a pending one. */
  private long anySequence() {
    long low = model.isEmpty() ? table.end() : model.firstKey();
    long guess = low - 2 + random.nextLong(table.end() - low + 4);
    Long near = random.nextInt(8) == 0 ? null : model.ceilingKey(guess);
    return Math.max(0, near == null ? guess : near);
  }

  private void add(int count, long gap) {
    Entry entry = entry();
    long sequence = table.end() + random.nextLong(gap);
    for (int i = 0; i < count; ) {
      long block = PendingTable.block(sequence);
      int bits = 0;
      for (; i < count && PendingTable.block(sequence) == block; i++) {
        bits |= PendingTable.bit(sequence);
        model.put(sequence, entry);
        sequence += 1 + random.nextLong(gap);
      }
      table.add(block, bits, entry.time, entry.owner, entry.deliveries);
    }
    assertEquals(model.lastKey() + 1, table.end());
  }

  private void changeOne(long sequence) {
    assertEquals(model.containsKey(sequence), table.find(sequence));
    if (model.containsKey(sequence)) {
      Entry entry = entry();
      assertFound(sequence);
      table.change(entry.time, entry.owner, entry.deliveries);
      model.put(sequence, entry);
    }
  }

  /** Neighbours become alike. */
  private void changeSome() {
    Entry entry = entry();
    long sequence = anySequence();
    for (int i = random.nextInt(40); i > 0; i--) {
      sequence = table.next(sequence, Owners.ANY);
      if (sequence < 0) {
        return;
      }
      table.change(entry.time, entry.owner, entry.deliveries);
      model.put(sequence++, entry);
    }
  }

  private void settleOne(long sequence) {
    assertEquals(model.remove(sequence) != null, table.find(sequence));
    if (table.find(sequence)) {
      table.settle();
    }
    assertTrue(!table.find(sequence));
  }

  private void settleBlock(long sequence, boolean some) {
    int bits = some ? random.nextInt() : -1;
    long first = sequence & -Integer.SIZE;
    Entry alike = model.getOrDefault(sequence, entry());
    int settled = 0;
    for (long s = first; s < first + Integer.SIZE; s++) {
      Entry entry = model.get(s);
      boolean is = entry != null && (bits & PendingTable.bit(s)) != 0;
      if (is && entry.owner == alike.owner && entry.deliveries == alike.deliveries) {
        model.remove(s);
        settled++;
      }
    }
    long block = PendingTable.block(sequence);
    assertEquals(settled, table.settle(block, bits, alike.owner, alike.deliveries));
  }

  private void look() {
    long from = anySequence();
    int owner = random.nextInt(3) - 3;
    Map.Entry<Long, Entry> first = model.ceilingEntry(from);
    for (int i = 0; first != null && first.getValue().owner != owner && i < 300; i++) {
      first = model.higherEntry(first.getKey());
    }
    if (first == null || first.getValue().owner == owner) {
      assertEquals(first == null ? -1 : first.getKey(), table.next(from, owner));
    }
    BitSet pending = new BitSet();
    table.markPending(from, from + 100, pending);
    for (int i = 0; i < 100; i++) {
      assertEquals(model.containsKey(from + i), pending.get(i));
    }
    assertTrue(pending.length() <= 100);
  }

  private void assertFound(long sequence) {
    Entry entry = model.get(sequence);
    assertEquals(entry.time, table.time());
    assertEquals(entry.owner, table.owner());
    assertEquals(entry.deliveries, table.deliveries());
  }

  private void checkAll() {
    long next = table.next(0, Owners.ANY);
    for (long sequence : model.keySet()) {
      assertEquals(sequence, next);
      assertFound(sequence);
      next = table.next(sequence + 1, Owners.ANY);
    }
    assertEquals(-1, next);
    for (int owner : new int[] {Owners.EXHAUSTED, 0, 1, OWNERS - 1}) {
      next = -1;
      for (Map.Entry<Long, Entry> each : model.entrySet()) {
        if (each.getValue().owner == owner) {
          next = table.next(next + 1, owner);
          assertEquals(each.getKey(), next);
        }
      }
      assertEquals(-1, table.next(next + 1, owner));
    }
    checkMemory();
  }

  private void checkMemory() {
    Pages pages = table.pages();
    long rows = pages.rows();
    assertTrue(rows <= model.size(), "a row has an entry at least");
    assertTrue(pages.room() <= rows + rows / 8 + 4 * Page.MAX_ROWS, () -> "room for " + rows);
    assertTrue(pages.size() <= rows / 23 + 3, () -> pages.size() + " pages of " + rows + " rows");
  }

  @Test
  void aCountMayBeAnyNumber() {
    table = new PendingTable(0);
    table.add(0, 1, 5, 3, 1);
    table.find(0);
    table.change(Long.MIN_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
    assertTrue(table.find(0));
    assertEquals(Long.MIN_VALUE, table.time());
    assertEquals(Integer.MAX_VALUE, table.owner());
    assertEquals(Integer.MAX_VALUE, table.deliveries());
  }

  @Test
  void aBatchTakesOneRowForEachBlock() {
    table = new PendingTable(0);
    for (long block = 0; block < 32; block++) {
      table.add(block, -1, 5, 3, 1);
    }
    assertEquals(1_024, table.end());
    assertEquals(32, table.pages().rows());
    table.find(100);
    table.change(6, 3, 2);
    assertEquals(33, table.pages().rows());
    table.find(100);
    table.change(5, 3, 1); // like the others of its block again
    assertEquals(32, table.pages().rows());
  }
}
