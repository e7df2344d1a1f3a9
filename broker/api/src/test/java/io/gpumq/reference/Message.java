package io.gpumq.reference;

import java.util.OptionalLong;

/**
 * A message that is kept, and what the handler made of it: {@code result} is null if it failed.
 *
 * @param target the only group that is to see it, or null for all
 */
record Message(
    long sequence,
    byte[] payload,
    byte[] result,
    OptionalLong key,
    long sentMillis,
    String target) {
  boolean failed() {
    return result == null;
  }

  boolean isFor(String group) {
    return target == null || target.equals(group);
  }
}
