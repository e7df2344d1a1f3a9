package io.gpumq.conformance;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import java.util.OptionalLong;

/**
 * A dead letter that was read, with all that its entry said.
 *
 * @param at its sequence among the letters
 */
public record Letter(DeadLetter told, long at, OptionalLong key, long sentMillis, byte[] payload) {
  static Letter of(Entry entry) {
    return new Letter(
        entry.letter().orElseThrow(),
        entry.sequence(),
        entry.hasKey() ? OptionalLong.of(entry.key()) : OptionalLong.empty(),
        entry.sentMillis(),
        entry.payloadBytes());
  }

  /** The message's sequence in the queue that gave it up. */
  public long sequence() {
    return told.sequence();
  }

  /** The group that gave it up, or "". */
  public String group() {
    return told.group();
  }
}
