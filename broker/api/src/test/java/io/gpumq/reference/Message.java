package io.gpumq.reference;

import io.gpumq.api.DeadLetter;
import java.util.OptionalLong;

/**
 * A message that is kept, and what the handler made of it: {@code result} is null if it failed.
 *
 * @param target the only group that is to see it, or null for all
 * @param letter why it is a dead letter, or null
 */
record Message(
    long sequence,
    byte[] payload,
    byte[] result,
    OptionalLong key,
    long sentMillis,
    String target,
    DeadLetter letter) {
  /** A message of the same content as a dead letter. */
  Message asLetter(long at, DeadLetter why) {
    return new Message(at, payload, new byte[0], key, sentMillis, null, why);
  }

  boolean failed() {
    return result == null;
  }

  boolean isFor(String group) {
    return target == null || target.equals(group);
  }
}
