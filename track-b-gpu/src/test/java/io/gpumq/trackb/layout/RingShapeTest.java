package io.gpumq.trackb.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.LinkLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sizes of rings for small, medium and large payloads. */
class RingShapeTest {
  private static final String[] HANDLERS = {"echo", "crc32c", "sha256", "fail:every=3"};
  private static final int PLACE = 640;

  private static RingShape of(int largestPayload, String handler) {
    return RingShape.of(largestPayload, HandlerSpec.parse(handler), 3, PLACE, 4);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8, 512, 8192",
    "512, 8, 512, 8192",
    "513, 4, 2048, 8192",
    "2048, 4, 2048, 8192",
    "2049, 4, 8192, 8192",
    "8192, 4, 8192, 8192",
    "8193, 1, 65536, 1024",
    "65536, 1, 65536, 1024",
    "65537, 1, 65536, 1024",
    "16777216, 1, 65536, 1024",
  })
  void aTicketHoldsMoreTheSmallerThePayloads(int largest, int ticket, int payload, int slots) {
    RingShape shape = of(largest, "crc32c");
    assertEquals(ticket, shape.ticketSlots());
    assertEquals(payload, shape.largestPayload());
    assertEquals(slots, shape.slots());
  }

  /** One whose messages take a lane each. */
  @ParameterizedTest
  @CsvSource({"512, 32", "2048, 32", "8192, 8", "65536, 1"})
  void aTicketHoldsWhatAWarpHandlesAtOnce(int largest, int ticket) {
    assertEquals(ticket, of(largest, "sha256").ticketSlots());
  }

  @Test
  void everyRingHangsTogether() {
    for (String handler : HANDLERS) {
      for (int largest = 1; largest <= RingShape.LARGEST_PAYLOAD; largest += 13) {
        check(of(largest, handler), largest, HandlerSpec.parse(handler).resultBytes());
      }
      check(of(QueueConfig.MAX_PAYLOAD_BYTES, handler), RingShape.LARGEST_PAYLOAD, 0);
    }
  }

  private static void check(RingShape shape, int largest, int leastResult) {
    String what = shape.toString();
    assertEquals(1, Integer.bitCount(shape.slots()), what);
    assertEquals(1, Integer.bitCount(shape.ticketSlots()), what);
    assertTrue(shape.ticketSlots() <= shape.slots(), what);
    assertTrue(shape.largestPayload() >= largest, what);
    assertTrue(shape.resultBytes() >= leastResult, what);
    assertEquals(3, shape.maxTries(), what);
    assertEquals(4, shape.lanes(), what);
    assertEquals(0, shape.chunkBytes() % LinkLayout.UNIT, what);

    // A chunk has room for the longest entry, with a key and a full id.
    int payload = EntryHeader.units(shape.largestPayload());
    int entry = (3 + payload + EntryHeader.units(shape.resultBytes())) * LinkLayout.UNIT;
    assertTrue(shape.chunkBytes() >= entry, what);

    // A descriptor can name every unit, and all of it stays in the processor's cache.
    assertTrue(shape.windowBytes() / LinkLayout.UNIT <= 1 << LinkLayout.UNIT_BITS, what);
    assertTrue(shape.windowBytes() <= 2 << 20, what);

    int cells = shape.expressBytes() / LinkLayout.CELL_BYTES;
    int most = Math.min(shape.largestPayload(), LinkLayout.EXPRESS_PAYLOAD);
    int text = RingShape.cells(Long.BYTES + 3 * LinkLayout.UNIT + most);
    assertTrue(cells >= text + RingShape.cells(shape.resultBytes()), what);
    assertEquals(0, shape.expressBytes() % 128, what);

    assertEquals(PLACE, shape.statesPlace(), what);
    long statesBytes = (shape.mirrorPlace() - PLACE) * LinkLayout.UNIT;
    assertEquals((long) shape.slots() * Long.BYTES, statesBytes, what);
    assertEquals(statesBytes + LinkLayout.MIRROR_BYTES, shape.deviceBytes(), what);
  }

  @Test
  void aRingForReadsNamesAllOfItsWindowAndHasRoomForTheLongestEntry() {
    RingShape shape = RingShape.ofReads(PLACE);
    int read = LinkLayout.READ_UNITS * LinkLayout.UNIT;
    assertTrue(shape.windowBytes() / read <= 1 << LinkLayout.UNIT_BITS);
    assertEquals(0, shape.chunkBytes() % read);
    int longest = (3 + EntryHeader.units(RingShape.LARGEST_PAYLOAD)) * LinkLayout.UNIT + 64;
    assertTrue(shape.chunkBytes() >= longest);
    int readInto = shape.chunks() - shape.ingressChunks();
    assertTrue(readInto > RingShape.READ_AREAS, "some are for single reads");
    assertTrue(shape.ingressBytes() / LinkLayout.UNIT <= 1 << LinkLayout.UNIT_BITS);
    int text = RingShape.cells(Long.BYTES + LinkLayout.EXPRESS_PAYLOAD);
    assertTrue(shape.expressBytes() / LinkLayout.CELL_BYTES >= text);
  }

  @Test
  void aTextIsShorterThanItsWordCanSay() {
    int text = Long.BYTES + 3 * LinkLayout.UNIT + LinkLayout.EXPRESS_PAYLOAD;
    assertTrue(text < 1 << LinkLayout.EXPRESS_TEXT_BITS);
  }

  @Test
  void aRingThatNobodyWorkedOnIsEmptyInItsFirstLap() {
    long[] states = of(64, "echo").emptyStates();
    assertArrayEquals(new long[8192], states);
    assertEquals(0, LinkLayout.EMPTY);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "24, 1", "25, 2", "48, 2", "49, 3"})
  void cellsHoldTwentyFourBytesEach(int bytes, int cells) {
    assertEquals(cells, RingShape.cells(bytes));
  }

  @Test
  void aPayloadThatADescriptorCannotNameIsRefused() {
    int most = LinkLayout.MOST_LENGTH;
    assertEquals(QueueConfig.MAX_PAYLOAD_BYTES, most);
    var refusal = assertThrows(IllegalArgumentException.class, () -> of(most + 1, "echo"));
    assertEquals("payload of 16777217 bytes: must be at most 16777216", refusal.getMessage());
  }

  /** Payloads that warps do not carry have rings of their own. */
  @Test
  void ringsOfLargePayloadsCarryNoOthers() {
    assertEquals(RingShape.sizeClass(65_537), RingShape.sizeClass(LinkLayout.MOST_LENGTH));
    assertTrue(RingShape.sizeClass(65_537) > RingShape.sizeClass(65_536));
  }
}
