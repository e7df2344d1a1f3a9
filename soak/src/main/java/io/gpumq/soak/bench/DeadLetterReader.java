package io.gpumq.soak.bench;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.soak.workload.Verifier;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** Empties a dead-letter queue, checking each letter. For one thread at a time. */
public final class DeadLetterReader {
  private static final int MOST = 4096;
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final ByteBuffer NO_RESULT = ByteBuffer.allocate(0);

  private final DeadLetters letters;
  private final Verifier verifier;

  /**
   * @param verifier that of the dead letters
   */
  public DeadLetterReader(DeadLetters letters, Verifier verifier) {
    this.letters = letters;
    this.verifier = verifier;
  }

  /** Takes what is there now, and says how much that was. */
  public int collect() {
    int taken = 0;
    List<DeadLetter> some;
    while (!(some = letters.take(MOST, LEASE)).isEmpty()) {
      for (DeadLetter letter : some) {
        verifier.check(ByteBuffer.wrap(letter.payload()), NO_RESULT);
      }
      taken += letters.acknowledge(some);
    }
    return taken;
  }

  /** Letters taken so far. */
  public long taken() {
    return verifier.seen();
  }
}
