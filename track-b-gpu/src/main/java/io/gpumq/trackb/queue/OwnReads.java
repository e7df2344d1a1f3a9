package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.link.Fetch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A reader's own memory, with what is to be read there one by one. It grows to what one delivery
 * wants. For one thread at a time.
 */
final class OwnReads implements Fetch.Wanted {
  private ByteBuffer memory = ByteBuffer.allocateDirect(0);
  private int used;

  private long[] places = new long[16];
  private int[] units = new int[16];
  private int[] targets = new int[16];
  private int count;

  /** Begins with nothing. */
  void clear() {
    used = 0;
    count = 0;
  }

  /** The memory; another one when it has grown. */
  ByteBuffer memory() {
    return memory;
  }

  /** Takes room; returns where it begins, in bytes. */
  int take(int bytes) {
    int at = used;
    int rounded = (bytes + UNIT - 1) / UNIT * UNIT;
    if (at + rounded > memory.capacity()) {
      ByteBuffer more = ByteBuffer.allocateDirect(Math.max(at + rounded, 2 * memory.capacity()));
      memory = more.order(ByteOrder.LITTLE_ENDIAN).put(0, memory, 0, at);
    }
    used = at + rounded;
    return at;
  }

  /** Gives back what was taken last, from where it begins. */
  void giveBack(int at) {
    used = at;
  }

  /**
   * Wants a run of the store.
   *
   * @param place where it begins, in units
   * @param length in units
   * @return where it will lie in the memory, in bytes
   */
  int want(long place, int length) {
    if (count == places.length) {
      targets = Arrays.copyOf(targets, 2 * count);
      units = Arrays.copyOf(units, 2 * count);
      places = Arrays.copyOf(places, 2 * count); // the last: where one fails, all grow again
    }
    places[count] = place;
    units[count] = length;
    targets[count] = take(length * UNIT);
    return targets[count++];
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long place(int index) {
    return places[index];
  }

  @Override
  public int units(int index) {
    return units[index];
  }

  @Override
  public ByteBuffer memory(int index) {
    return memory;
  }

  @Override
  public int target(int index) {
    return targets[index];
  }
}
