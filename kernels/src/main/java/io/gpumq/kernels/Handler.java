package io.gpumq.kernels;

/**
 * What can be run on a message. Each has a twin in {@code handlers.h}: same id, lanes, result size
 * and results.
 */
public enum Handler {
  /** Makes no result: the message itself is what comes back. */
  ECHO(1, 8, 0),
  /** CRC-32C (Castagnoli) of the payload, 4 bytes, little-endian. */
  CRC32C(2, 8, 4),
  /** SHA-256 of the payload, 32 bytes. */
  SHA256(3, 1, 32),
  /** Makes no result and fails on chosen messages: for tests and drills. See {@link Failure}. */
  FAIL(4, 8, 0);

  private final int id;
  private final int lanes;
  private final int resultBytes;

  Handler(int id, int lanes, int resultBytes) {
    this.id = id;
    this.lanes = lanes;
    this.resultBytes = resultBytes;
  }

  /** The number by which shared memory names this handler. */
  public int id() {
    return id;
  }

  /** GPU lanes that work on one message together: a power of two, 1 to 32. */
  public int lanes() {
    return lanes;
  }

  /** Bytes of every result. */
  public int resultBytes() {
    return resultBytes;
  }

  /** The name that users write. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Name of the persistent kernel that runs this handler on a ring. */
  public String linkEntryPoint() {
    return "gpumq_link_" + label();
  }

  /** Name of the kernel that runs this handler once over a batch. */
  public String batchEntryPoint() {
    return "gpumq_batch_" + label();
  }
}
