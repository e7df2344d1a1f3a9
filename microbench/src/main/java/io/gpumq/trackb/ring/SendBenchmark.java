package io.gpumq.trackb.ring;

import io.gpumq.api.Producer.PayloadWriter;
import io.gpumq.microbench.PerMessage;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The producer's side: what a caller of send waits for. */
@State(Scope.Thread)
public class SendBenchmark extends PerMessage {
  /** Payload of one message; 0 leaves what is not the copy. */
  @Param({"0", "64", "256", "1024"})
  int bytes;

  private FreeRing ring;
  private byte[] source;
  private ByteBuffer payload;
  private PayloadWriter writer;
  private long next;

  @Setup
  public void open() {
    ring = new FreeRing(Math.max(64, bytes));
    source = new byte[bytes];
    payload = ByteBuffer.wrap(source);
    writer = (index, slot) -> slot.put(source);
  }

  @TearDown
  public void close() {
    ring.close();
  }

  /** A payload put into each slot, and its descriptor: the loop within a batch alone. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long write() {
    for (int i = 0; i < MESSAGES; i++) {
      IngressRing.Slot slot = ring.ingress.slot(next);
      ByteBuffer to = slot.payload().clear();
      writer.write(i, to);
      slot.describe(next, to.position());
      next++;
    }
    return next;
  }

  /** Claim, write, publish, feed, by batch. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int batch() {
    int sent = ring.producer.trySendBatch(MESSAGES, writer);
    ring.open();
    return sent;
  }

  /** The same, message by message. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long single() {
    long last = 0;
    for (int i = 0; i < MESSAGES; i++) {
      last = ring.producer.trySend(payload);
    }
    ring.open();
    return last;
  }
}
