package io.gpumq.soak.workload;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Making and checking messages leaves nothing to the garbage collector. */
class AllocationTest {
  private static final int MESSAGES = 100_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Workload workload =
      new Workload(Verification.FULL.bodies(3, 256), 9, 1, "crc32c", 3);
  private final Generator generator = workload.generator(0);
  private final Verifier verifier = workload.verifier("reader");
  private final ByteBuffer slot = ByteBuffer.allocateDirect(256);
  private final ByteBuffer result = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();

  @Test
  void neitherEndAllocatesForAMessage() {
    // The first round may: it links the accesses.
    carry();
    long before = threads.getCurrentThreadAllocatedBytes();
    carry();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(workload.settle().clean(), () -> workload.settle().problems().toString());
    assertTrue(allocated < MESSAGES, allocated + " bytes for " + MESSAGES + " messages");
  }

  private void carry() {
    for (int i = 0; i < MESSAGES; i++) {
      generator.write(0, slot.clear());
      generator.advance(1);
      crc.reset();
      crc.update(slot.flip());
      result.clear().putInt((int) crc.getValue()).flip();
      verifier.check(slot.rewind(), result);
    }
  }
}
