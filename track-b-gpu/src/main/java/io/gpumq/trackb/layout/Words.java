package io.gpumq.trackb.layout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The 64-bit words of shared memory, with the memory order in each method's name. Offsets are in
 * bytes, multiples of 8. Which release pairs with which acquire stands where they are called, and
 * in {@code docs/MEMORY_ORDERING.md}.
 */
public final class Words {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Words() {}

  public static long get(ByteBuffer block, int offset) {
    return (long) LONG.get(block, offset);
  }

  public static void set(ByteBuffer block, int offset, long value) {
    LONG.set(block, offset, value);
  }

  /** Makes bytes zero, from {@code from} up to {@code end}. */
  public static void clear(ByteBuffer block, int from, int end) {
    for (int i = from; i < end; i++) {
      block.put(i, (byte) 0);
    }
  }

  public static long getAcquire(ByteBuffer block, int offset) {
    return (long) LONG.getAcquire(block, offset);
  }

  public static void setRelease(ByteBuffer block, int offset, long value) {
    LONG.setRelease(block, offset, value);
  }

  public static long getOpaque(ByteBuffer block, int offset) {
    return (long) LONG.getOpaque(block, offset);
  }

  public static void setOpaque(ByteBuffer block, int offset, long value) {
    LONG.setOpaque(block, offset, value);
  }

  public static boolean compareAndSet(ByteBuffer block, int offset, long from, long to) {
    return LONG.compareAndSet(block, offset, from, to);
  }
}
