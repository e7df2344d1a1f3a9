package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.Entry;
import io.gpumq.microbench.PerMessage;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The consumer's way to the bytes of a batch that lies in the window. */
@State(Scope.Thread)
public class BatchBenchmark extends PerMessage {
  private PlayedQueue played;
  private Batch batch;
  private RingBatch entries;
  private final CRC32C crc = new CRC32C();

  @Setup
  public void open() {
    played = new PlayedQueue(256);
    played.send(MESSAGES);
    batch = played.poll(MESSAGES);
    entries = RingBatch.of(batch);
  }

  @TearDown
  public void close() {
    played.close();
  }

  /** Finding where a batch lies, and letting go of it. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public Batch load() {
    entries.release();
    batch = entries.load();
    return batch;
  }

  /** Looking at a word of each entry's payload. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long walk() {
    long sum = 0;
    for (int i = 0; i < MESSAGES; i++) {
      sum += PlayedQueue.look(batch.get(i));
    }
    return sum;
  }

  /** For scale: the CRC-32C of each entry's 256 bytes, where they lie. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long check() {
    for (int i = 0; i < MESSAGES; i++) {
      Entry entry = batch.get(i);
      ByteBuffer payload = entry.payload();
      crc.update(payload);
    }
    return crc.getValue();
  }
}
