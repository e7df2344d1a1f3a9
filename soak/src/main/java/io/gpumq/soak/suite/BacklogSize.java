package io.gpumq.soak.suite;

import io.gpumq.api.QueueConfig;

/**
 * A queue that holds a given number of payload bytes: as few slots as there can be, since each slot
 * takes 8 bytes of the memory that host and device share.
 *
 * @param capacity a power of two
 * @param slotBytes a multiple of 16; the size of each message
 */
record BacklogSize(int capacity, int slotBytes) {
  /** Fewest bytes of a backlog. */
  static final long LEAST = 1_000_000;

  /** Most bytes of a backlog. */
  static final long MOST = (long) QueueConfig.MAX_CAPACITY * QueueConfig.MAX_SLOT_BYTES;

  /** The largest that is not above {@code bytes}, to 16 bytes a slot. */
  static BacklogSize within(long bytes) {
    int capacity = 2;
    while ((long) capacity * QueueConfig.MAX_SLOT_BYTES < bytes) {
      capacity *= 2;
    }
    return new BacklogSize(capacity, (int) (bytes / capacity) & -16);
  }

  long bytes() {
    return (long) capacity * slotBytes;
  }
}
