package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Payloads that follow from a number, whole and to the last byte: what is not one shows. */
public final class Filled {
  private Filled() {}

  /** Puts the payload of {@code number} into {@code to}: its number first, then what follows. */
  public static void write(long number, ByteBuffer to, int length) {
    to.clear().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < length / Long.BYTES; i++) {
      to.putLong(number + i * 0x9e37_79b9_7f4a_7c15L);
    }
    for (int i = length / Long.BYTES * Long.BYTES; i < length; i++) {
      to.put((byte) (number + i));
    }
  }

  /** Returns the payload of a number. */
  public static ByteBuffer payload(long number, int length) {
    ByteBuffer payload = ByteBuffer.allocate(length);
    write(number, payload, length);
    return payload.flip();
  }

  /** The length of a number's payload, 8 to {@code most} bytes; runs through all of them. */
  public static int length(long number, int most) {
    return 8 + (int) Long.remainderUnsigned(number * 37, most - 7);
  }

  /** Asserts that an entry holds the payload of {@code number}, and its CRC-32C as result. */
  public static void check(Entry entry, long number, int length) {
    ByteBuffer payload = entry.payload();
    assertEquals(payload(number, length), payload, () -> "payload of sequence " + entry.sequence());
    CRC32C crc = new CRC32C();
    crc.update(payload(number, length));
    assertEquals(
        (int) crc.getValue(),
        entry.result().order(ByteOrder.LITTLE_ENDIAN).getInt(),
        () -> "result of sequence " + entry.sequence());
  }
}
