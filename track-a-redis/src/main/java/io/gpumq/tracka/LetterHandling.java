package io.gpumq.tracka;

import java.nio.ByteBuffer;

/** What is made of dead letters, of any size: nothing. */
final class LetterHandling implements Handling {
  private static final int MOST_LETTERS = 1024;

  private RedisBatch batch;

  @Override
  public int capacity() {
    return MOST_LETTERS;
  }

  @Override
  public void handle(RedisBatch fetched) {
    batch = fetched;
  }

  @Override
  public int error(int position) {
    return 0;
  }

  @Override
  public ByteBuffer payload(int position) {
    return ByteBuffer.wrap(batch.payloadAt(position)).asReadOnlyBuffer();
  }

  @Override
  public ByteBuffer result(int position) {
    return ByteBuffer.allocate(0);
  }

  @Override
  public void close() {}
}
