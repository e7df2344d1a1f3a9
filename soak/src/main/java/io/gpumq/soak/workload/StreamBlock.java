package io.gpumq.soak.workload;

import java.nio.ByteBuffer;

/** Messages of one stream, which no handler has anything to do with. */
public final class StreamBlock implements Block {
  private static final int STREAM = 0;

  private final ManyStreams streams;
  private final StreamWriter writer;
  private final StreamChecker checker;
  private final int batch;
  private final ByteBuffer[] slots;
  private final ByteBuffer[] read;

  /**
   * @param least bytes of a message, as in {@link ManyStreams}
   * @param batch most messages that are written as one batch
   */
  public StreamBlock(Verification verification, long seed, int least, int most, int batch) {
    streams = new ManyStreams(verification, seed, least, most, 1);
    writer = streams.writer().of(STREAM);
    checker = streams.checker("block");
    slots = new ByteBuffer[Math.max(1, BYTES / most)];
    read = new ByteBuffer[slots.length];
    this.batch = Math.min(batch, slots.length);
    ByteBuffer whole = ByteBuffer.allocateDirect(slots.length * most);
    for (int i = 0; i < slots.length; i++) {
      slots[i] = whole.slice(i * most, most);
      read[i] = slots[i].asReadOnlyBuffer();
    }
  }

  @Override
  public int messages() {
    return slots.length;
  }

  @Override
  public void write() {
    for (int first = 0; first < slots.length; first += batch) {
      int count = Math.min(batch, slots.length - first);
      for (int i = 0; i < count; i++) {
        writer.write(i, slots[first + i].clear());
      }
      writer.advance(count);
    }
  }

  @Override
  public void handle() {}

  @Override
  public void check() {
    for (int i = 0; i < slots.length; i++) {
      checker.check(STREAM, read[i].position(0).limit(slots[i].position()));
    }
  }

  @Override
  public Tally settle() {
    return streams.settle();
  }
}
