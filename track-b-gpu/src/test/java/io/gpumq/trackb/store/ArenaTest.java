package io.gpumq.trackb.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArenaTest {
  private static final int UNITS = Arena.BLOCK_BYTES / 16;

  private record Block(long place, int bytes) {}

  /** Blocks of any size come and go: none overlaps another, and in the end all is one again. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void givesOutEachByteOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int megabytes = 33 + random.nextInt(100);
    Arena arena = new Arena((long) megabytes << 20);
    BitSet taken = new BitSet(megabytes << 10);
    List<Block> blocks = new ArrayList<>();
    int refused = 0;
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(100) < (step < 15_000 ? 55 : 30)) {
        int bytes = 1 + random.nextInt(1 << random.nextInt(26));
        long place = arena.allocate(bytes);
        if (place == Arena.NO_ROOM) {
          refused++;
          continue;
        }
        int from = (int) (place / UNITS);
        int to = from + Arena.blockBytes(bytes) / Arena.BLOCK_BYTES;
        assertEquals(0, place % UNITS);
        assertTrue(to <= megabytes << 10, "block behind the end");
        int next = taken.nextSetBit(from);
        assertTrue(next < 0 || next >= to, "block given out twice");
        taken.set(from, to);
        blocks.add(new Block(place, bytes));
      } else if (!blocks.isEmpty()) {
        give(arena, taken, blocks, random.nextInt(blocks.size()));
      }
      long free = ((long) (megabytes << 10) - taken.cardinality()) * Arena.BLOCK_BYTES;
      assertEquals(free, arena.freeBytes());
    }
    assertTrue(refused > 0, "it was never full");
    while (!blocks.isEmpty()) {
      give(arena, taken, blocks, blocks.size() - 1);
    }
    assertEquals((long) megabytes << 20, arena.freeBytes());
    assertEquals(32 << 20, arena.largestFreeBytes());
    for (int i = 0; i < megabytes; i++) {
      assertNotEquals(Arena.NO_ROOM, arena.allocate(1 << 20));
    }
    assertEquals(Arena.NO_ROOM, arena.allocate(1));
  }

  /** A memory may come in pieces: whoever has a block has it in one. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 10, 65 << 10, (1 << 20) + 1, (3 << 20) - 5, 17 << 20, 32 << 20})
  void noBlockGoesAcrossPieces(int bytes) {
    SplittableRandom random = new SplittableRandom(bytes);
    Arena arena = new Arena(3L * Arena.PIECE_BYTES / 2);
    List<Block> blocks = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      int most = Math.max(1, bytes / (round + 1));
      for (long place; (place = arena.allocate(most)) != Arena.NO_ROOM; ) {
        long last = place * 16 + most - 1;
        assertEquals(place * 16 / Arena.PIECE_BYTES, last / Arena.PIECE_BYTES);
        blocks.add(new Block(place, most));
      }
      while (blocks.size() > 10 && arena.freeBytes() < arena.bytes() / 2) {
        int index = random.nextInt(blocks.size());
        Block block = blocks.set(index, blocks.get(blocks.size() - 1));
        blocks.remove(blocks.size() - 1);
        arena.free(block.place, block.bytes);
      }
    }
  }

  private static void give(Arena arena, BitSet taken, List<Block> blocks, int index) {
    Block block = blocks.get(index);
    blocks.set(index, blocks.get(blocks.size() - 1));
    blocks.remove(blocks.size() - 1);
    arena.free(block.place, block.bytes);
    int from = (int) (block.place / UNITS);
    taken.clear(from, from + Arena.blockBytes(block.bytes) / Arena.BLOCK_BYTES);
  }

  @Test
  void refusesWhatIsFree() {
    Arena arena = new Arena(4 << 20);
    long small = arena.allocate(3 << 10);
    arena.free(small, 3 << 10);
    assertThrows(IllegalStateException.class, () -> arena.free(small, 3 << 10));
    long large = arena.allocate(3 << 20);
    arena.free(large, 3 << 20);
    assertThrows(IllegalStateException.class, () -> arena.free(large, 3 << 20));
  }

  /** A block of no power of two leaves the rest of one to others. */
  @Test
  void wastesLessThanBlock() {
    Arena arena = new Arena(64 << 20);
    int bytes = (1 << 20) + 1;
    int count = 0;
    while (arena.allocate(bytes) != Arena.NO_ROOM) {
      count++;
    }
    assertEquals(63, count, "each begins where the last one ends");
    assertEquals((64 << 20) - count * Arena.blockBytes(bytes), arena.freeBytes());
    assertNotEquals(Arena.NO_ROOM, arena.allocate(512 << 10));
  }

  /** No block of a power of two as long is free, but as many megabytes in a row are. */
  @Test
  void findsRoomWhereverItBegins() {
    Arena arena = new Arena(64 << 20);
    long[] places = new long[64];
    for (int i = 0; i < 64; i++) {
      places[i] = arena.allocate(1 << 20);
    }
    for (int i = 8; i < 40; i++) {
      arena.free(places[i], 1 << 20);
    }
    assertTrue(arena.hasRoom((17 << 20) + 1));
    assertEquals(places[8], arena.allocate((17 << 20) + 1));
    assertFalse(arena.hasRoom((17 << 20) + 1));
    assertEquals(Arena.NO_ROOM, arena.allocate((17 << 20) + 1));
  }

  /** Rows of free megabytes are found wherever there is one, and none where there is none. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 31, 64, 77, 300})
  void findsEachRowOfMegabytes(int megabytes) {
    SplittableRandom random = new SplittableRandom(megabytes);
    Arena arena = new Arena((long) megabytes << 20);
    BitSet taken = new BitSet(megabytes);
    List<Block> blocks = new ArrayList<>();
    int across = 0;
    for (int step = 0; step < 5_000; step++) {
      int count = 1 + random.nextInt(Math.min(32, megabytes));
      int row = row(taken, megabytes, count);
      boolean isWanted = random.nextBoolean();
      long place = isWanted ? arena.allocate(count << 20) : Arena.NO_ROOM;
      if (place != Arena.NO_ROOM) {
        int first = (int) (place / UNITS >> 10);
        int next = taken.nextSetBit(first);
        assertTrue(next < 0 || next >= first + count, "megabyte given out twice");
        taken.set(first, first + count);
        blocks.add(new Block(place, count << 20));
        across += first % Integer.highestOneBit(count) > 0 ? 1 : 0;
      } else if (isWanted) {
        assertEquals(-1, row, () -> count + " megabytes are free from " + row + " on");
      } else if (!blocks.isEmpty()) {
        Block block = blocks.remove(random.nextInt(blocks.size()));
        arena.free(block.place, block.bytes);
        int first = (int) (block.place / UNITS >> 10);
        taken.clear(first, first + (block.bytes >> 20));
      }
      int most = 32;
      while (most > 0 && row(taken, megabytes, most) < 0) {
        most--;
      }
      assertEquals(most << 20, arena.largestFreeBytes());
    }
    assertTrue(megabytes < 31 || across > 100, across + " began in the middle");
  }

  /** Where so many free megabytes begin, or -1. */
  private static int row(BitSet taken, int megabytes, int count) {
    for (int first = taken.nextClearBit(0); first + count <= megabytes; ) {
      int next = taken.nextSetBit(first);
      if (next < 0 || next >= first + count) {
        return first;
      }
      first = taken.nextClearBit(next);
    }
    return -1;
  }

  /** Whatever lies behind them, and however they were packed. */
  @Test
  void shrinksBlocksWhereTheyLie() {
    SplittableRandom random = new SplittableRandom(8);
    Arena arena = new Arena(64 << 20);
    for (int round = 0; round < 200; round++) {
      int bytes = 1 + random.nextInt(20 << 20);
      int fewer = 1 + random.nextInt(bytes);
      long place = arena.allocate(bytes);
      long behind = arena.allocate(129 << 10);
      long free = arena.freeBytes();
      arena.shrink(place, bytes, fewer);
      assertEquals(free + Arena.blockBytes(bytes) - Arena.blockBytes(fewer), arena.freeBytes());
      arena.free(place, fewer);
      arena.free(behind, 129 << 10);
    }
    assertEquals(32 << 20, arena.largestFreeBytes());
    assertEquals(64 << 20, arena.freeBytes());
  }

  @Test
  void saysWhatSizesThereAre() {
    assertThrows(IllegalArgumentException.class, () -> new Arena(0));
    assertThrows(IllegalArgumentException.class, () -> new Arena((1 << 20) + 1));
    Arena arena = new Arena(1 << 20);
    assertThrows(IllegalArgumentException.class, () -> arena.allocate(0));
    assertThrows(IllegalArgumentException.class, () -> arena.allocate(Arena.MOST_BYTES + 1));
  }
}
