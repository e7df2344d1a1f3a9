package io.gpumq.soak.workload;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Measures how fast one thread makes messages and one checks them, apart from any queue: what the
 * bench itself could carry. Run by hand: {@code java -cp ... WorkloadRates [payload bytes...]}.
 */
final class WorkloadRates {
  private static final int RING_BYTES = 1 << 20;
  private static final int LAPS = 300;
  private static final int ROUNDS = 15;
  private static final int BATCH = 256;
  private static final ByteBuffer NO_RESULT = ByteBuffer.allocateDirect(0);

  private WorkloadRates() {}

  /** Prints messages a second for each size, once warm. */
  public static void main(String[] args) {
    for (String arg : args.length > 0 ? args : new String[] {"64", "256", "1024", "4096"}) {
      measure(Integer.parseInt(arg));
    }
  }

  private static void measure(int payloadBytes) {
    var workload = new Workload(new BodyPool(1, payloadBytes), 7, 1, "echo", 3);
    Generator generator = workload.generator(0);
    Verifier verifier = workload.verifier("reader");
    ByteBuffer ring = ByteBuffer.allocateDirect(RING_BYTES);
    var slots = new ByteBuffer[RING_BYTES / payloadBytes / BATCH * BATCH];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = ring.slice(i * payloadBytes, payloadBytes);
    }
    ByteBuffer view = ring.asReadOnlyBuffer();
    double made = 0;
    double checked = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long making = 0;
      long checking = 0;
      for (int lap = 0; lap < LAPS; lap++) {
        long start = System.nanoTime();
        make(generator, slots);
        long middle = System.nanoTime();
        check(verifier, view, slots.length, payloadBytes);
        making += middle - start;
        checking += System.nanoTime() - middle;
      }
      made = Math.max(made, 1e3 * LAPS * slots.length / making);
      checked = Math.max(checked, 1e3 * LAPS * slots.length / checking);
    }
    Tally tally = workload.settle();
    if (!tally.clean()) {
      throw new IllegalStateException(tally.verdict() + " " + tally.problems());
    }
    System.out.printf(
        Locale.ROOT, "%5d B: made %.1f M/s, checked %.1f M/s%n", payloadBytes, made, checked);
  }

  private static void make(Generator generator, ByteBuffer[] slots) {
    for (int first = 0; first < slots.length; first += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        generator.write(i, slots[first + i].clear());
      }
      generator.advance(BATCH);
    }
  }

  private static void check(Verifier verifier, ByteBuffer view, int count, int payloadBytes) {
    for (int i = 0; i < count; i++) {
      view.limit((i + 1) * payloadBytes).position(i * payloadBytes);
      verifier.check(view, NO_RESULT);
    }
  }
}
