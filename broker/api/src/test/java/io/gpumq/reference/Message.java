package io.gpumq.reference;

/** A message that is kept, and what the handler made of it: {@code result} is null if it failed. */
record Message(long sequence, byte[] payload, byte[] result) {
  boolean failed() {
    return result == null;
  }
}
