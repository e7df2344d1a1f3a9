package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message costs no heap once the code is compiled, but for its share of an object that each
 * segment has.
 */
class AllocationTest {
  private static final int MESSAGES = 100_000;

  /** An object of some 130 bytes, and its place in a list, for each 32 KB of the store. */
  private static final long SHARES = 4L * MESSAGES;

  private static final long DEADLINE_NANOS = 60_000_000_000L;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest(name = "in batches of {0}")
  @ValueSource(ints = {1, 250})
  void aMessageAllocatesNoMoreThanItsShare(int batch) {
    assertTrue(threads.isThreadAllocatedMemoryEnabled(), "nothing was measured");
    try (var played = new PlayedQueue(256)) {
      long deadline = System.nanoTime() + DEADLINE_NANOS;
      long rounds = 0;
      long allocated;
      do { // interpreted code allocates what compiled code does not
        allocated = allocatedBy(played, batch);
        rounds++;
      } while (allocated > SHARES && System.nanoTime() < deadline);
      assertTrue(allocated <= SHARES, allocated + " bytes for the last " + MESSAGES + " messages");
      assertEquals(rounds * MESSAGES, played.acknowledged());
    }
  }

  private long allocatedBy(PlayedQueue played, int batch) {
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int done = 0; done < MESSAGES; done += batch) {
      played.turn(batch);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
