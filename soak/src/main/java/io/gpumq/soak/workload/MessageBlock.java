package io.gpumq.soak.workload;

import java.nio.ByteBuffer;

/** Messages of one producer. */
public final class MessageBlock implements Block {
  private static final String NAME = "block";

  private final Workload workload;
  private final Generator generator;
  private final Verifier verifier;
  private final HandlerOracle oracle;
  private final int batch;
  private final ByteBuffer[] slots;
  private final ByteBuffer[] results;
  private final ByteBuffer[] payloadsRead;
  private final ByteBuffer[] resultsRead;

  /**
   * @param bodies set the payload's size
   * @param handler one that fails on no message
   * @param batch most messages that are written as one batch
   */
  public MessageBlock(Bodies bodies, String handler, int batch) {
    int payloadBytes = bodies.payloadBytes();
    int count = Math.max(1, BYTES / payloadBytes);
    this.workload = new Workload(bodies, 0, 1, handler, 1);
    this.generator = workload.generator(0);
    this.verifier = workload.verifier(NAME);
    this.oracle = HandlerOracle.of(handler, 1);
    this.batch = Math.min(batch, count);
    ByteBuffer payloads = ByteBuffer.allocateDirect(count * payloadBytes);
    ByteBuffer made = ByteBuffer.allocateDirect(count * oracle.resultBytes());
    this.slots = slices(payloads, count);
    this.results = slices(made, count);
    this.payloadsRead = slices(payloads.asReadOnlyBuffer(), count);
    this.resultsRead = slices(made.asReadOnlyBuffer(), count);
  }

  private static ByteBuffer[] slices(ByteBuffer whole, int count) {
    int bytes = whole.capacity() / count;
    var slices = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      slices[i] = whole.slice(i * bytes, bytes);
    }
    return slices;
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
        generator.write(i, slots[first + i].clear());
      }
      generator.advance(count);
    }
  }

  @Override
  public void handle() {
    for (int i = 0; i < slots.length; i++) {
      oracle.handle(payloadsRead[i].clear(), results[i].clear());
    }
  }

  @Override
  public void check() {
    for (int i = 0; i < slots.length; i++) {
      verifier.check(payloadsRead[i].clear(), resultsRead[i].clear());
    }
  }

  @Override
  public Tally settle() {
    return workload.settle();
  }
}
