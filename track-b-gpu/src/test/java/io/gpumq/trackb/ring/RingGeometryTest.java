package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sizes of small, large and odd rings. */
class RingGeometryTest {
  private static final String[] HANDLERS = {"echo", "crc32c", "sha256", "fail:every=3"};

  private static RingGeometry of(int capacity, int slotBytes, String handler, long first) {
    QueueConfig config = QueueConfig.named("g").capacity(capacity).slotBytes(slotBytes).build();
    return RingGeometry.of(config, HandlerSpec.parse(handler), first);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 64, 2, 2",
    "2, 65536, 2, 2",
    "256, 65536, 256, 16",
    "512, 65536, 256, 16",
    "65536, 256, 4096, 2048",
    "134217728, 64, 8192, 8192",
    "134217728, 65536, 256, 8"
  })
  void ringsStayInTheCacheAndAreasInAMegabyte(
      int capacity, int slotBytes, int ringSlots, int areaSlotsAtMost) {
    RingGeometry g = of(capacity, slotBytes, "sha256", 0);
    assertEquals(ringSlots, g.ingressSlots());
    assertEquals(ringSlots, g.windowSlots());
    assertTrue(g.readAreaSlots() <= Math.max(1, areaSlotsAtMost), g::toString);
  }

  @Test
  void everyLegalRingHangsTogether() {
    for (String handler : HANDLERS) {
      for (int slotBytes = 64; slotBytes <= QueueConfig.MAX_SLOT_BYTES; slotBytes += 16) {
        for (int bits : new int[] {1, 2, 5, 8, 13, 20, 27}) {
          check(of(1 << bits, slotBytes, handler, 0));
        }
      }
    }
  }

  private static void check(RingGeometry g) {
    assertPowerOfTwo(g.ingressSlots(), g);
    assertPowerOfTwo(g.windowSlots(), g);
    assertPowerOfTwo(g.chunkSlots(), g);
    assertPowerOfTwo(g.readAreaSlots(), g);
    assertTrue(g.ingressSlots() <= g.capacity() && g.windowSlots() <= g.capacity(), g::toString);
    assertTrue(g.chunkSlots() <= Math.min(32, g.ingressSlots()), g::toString);
    assertTrue(g.readAreaSlots() <= g.capacity(), g::toString);
    assertEquals(0, g.strideBytes() % 16, g::toString);
    assertTrue(g.strideBytes() - g.slotBytes() >= g.resultBytes(), g::toString);
    assertTrue((long) g.readAreaSlots() * g.strideBytes() <= g.readAreaBytes(), g::toString);
    assertEquals((long) g.capacity() * (g.strideBytes() + 8), g.vramBytes(), g::toString);
    // Every block that is mapped is one buffer, which ends at 2 GB.
    assertTrue((long) g.ingressSlots() * g.slotBytes() <= 16 << 20, g::toString);
    assertTrue((long) g.capacity() * Long.BYTES <= Integer.MAX_VALUE, g::toString);
    assertTrue(
        (long) g.readAreaBytes() * RingGeometry.READ_AREAS <= Integer.MAX_VALUE, g::toString);

    int payload = Math.min(g.slotBytes(), RingLayout.EXPRESS_PAYLOAD);
    assertTrue(g.expressResultCell() * RingLayout.CELL_PAYLOAD >= payload, g::toString);
    int cells = g.expressResultCell() + RingLayout.EXPRESS_RESULT_CELLS;
    assertTrue(g.expressBytes() >= cells * RingLayout.CELL_BYTES, g::toString);
    assertEquals(0, g.expressBytes() % 128, g::toString);
    assertTrue(
        g.resultBytes() <= RingLayout.EXPRESS_RESULT_CELLS * RingLayout.CELL_PAYLOAD, g::toString);
  }

  private static void assertPowerOfTwo(int slots, RingGeometry g) {
    assertTrue(slots >= 1 && Integer.bitCount(slots) == 1, g::toString);
  }

  @Test
  void vramBeyondFourGigabytesIsCountedInFull() {
    assertEquals((1L << 27) * (65_536 + 8), of(1 << 27, 65_536, "echo", 0).vramBytes());
  }

  @Test
  void aQueueStartsAtAWholeLap() {
    assertEquals(1L << 32, of(64, 64, "echo", 1L << 32).firstSequence());
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> of(64, 64, "echo", (1L << 32) + 32));
    assertEquals("firstSequence 4294967328: not a whole lap", refusal.getMessage());
  }
}
