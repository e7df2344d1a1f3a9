package io.gpumq.trackb.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Extents do not overlap, none is lost, and who waits is served in order. */
class ExtentsTest {
  private static final int BYTES = 1 << 20;
  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Extents extents = new Extents(BYTES);
  private final Workers workers = new Workers();

  private record Extent(int at, int bytes) {}

  @AfterEach
  void endWorkers() {
    workers.close();
  }

  @Test
  void giveOutEachByteOnce() {
    Random random = new Random(5);
    BitSet taken = new BitSet();
    List<Extent> out = new ArrayList<>();
    int refused = 0;
    for (int step = 0; step < 20_000; step++) {
      if (random.nextBoolean()) {
        int bytes = 1 + random.nextInt(BYTES / 5);
        int at = extents.take(bytes, 0);
        if (at == Extents.NO_ROOM) {
          refused++;
          continue;
        }
        assertTrue(at >= 0 && at + bytes <= BYTES);
        int next = taken.nextSetBit(at);
        assertTrue(next < 0 || next >= at + bytes, "bytes given out twice");
        taken.set(at, at + bytes);
        out.add(new Extent(at, bytes));
      } else if (!out.isEmpty()) {
        Extent back = out.remove(random.nextInt(out.size()));
        taken.clear(back.at(), back.at() + back.bytes());
        extents.giveBack(back.at(), back.bytes());
      }
    }
    assertTrue(refused > 0, "it was never full");
    out.forEach(back -> extents.giveBack(back.at(), back.bytes()));
    assertTrue(extents.isWhole());
    assertEquals(0, extents.take(BYTES, 0));
  }

  /** A small one that comes later does not overtake a large one that waits. */
  @Test
  void areGivenOutInOrderOfArrival() throws Exception {
    int half = BYTES / 2;
    assertEquals(0, extents.take(half, 0));
    assertEquals(half, extents.take(half, 0));
    var large = workers.start(() -> extents.take(BYTES, LONG_NANOS));
    Await.until("it waits", extents::isAwaited);
    extents.giveBack(0, half);
    assertEquals(Extents.NO_ROOM, extents.take(1, 0), "somebody was there before");
    extents.giveBack(half, half);
    assertEquals(0, large.join());
    extents.giveBack(0, BYTES);
    assertEquals(0, extents.take(1, 0));
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    extents.take(BYTES, 0);
    Thread.currentThread().interrupt();
    assertEquals(Extents.NO_ROOM, extents.take(1, LONG_NANOS));
    assertTrue(Thread.interrupted());
  }
}
