package io.gpumq.soak.workload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What the JDK says a handler's result must be. Allocates nothing for a message. For one thread.
 */
abstract class HandlerOracle {
  private static final Pattern EVERY = Pattern.compile("[:,]every=([0-9]{1,19})(?:,|$)");
  private static final Pattern ATTEMPTS = Pattern.compile("[:,]attempts=([0-9]{1,9})(?:,|$)");

  /** Bytes of each result. */
  abstract int resultBytes();

  /**
   * Whether {@code result}, of the right length, is right for {@code payload}. Moves the positions
   * of both.
   *
   * <p>Both are as a consumer gets them, between position and limit.
   */
  abstract boolean accepts(ByteBuffer payload, ByteBuffer result);

  /** Does the handler's work: moves the positions of both, as reading and writing do. */
  abstract void handle(ByteBuffer payload, ByteBuffer result);

  /** Whether the handler gives up the message that starts with {@code sequence}. */
  boolean fails(long sequence) {
    return false;
  }

  /**
   * The oracle of a handler. Names and parameters are checked by the queue, not here.
   *
   * @param handler as in {@link io.gpumq.api.QueueConfig#handler()}
   * @param handlerAttempts as there
   */
  static HandlerOracle of(String handler, int handlerAttempts) {
    if (handler.equals("crc32c")) {
      return new Crc32c();
    }
    if (handler.equals("sha256")) {
      return new Sha256();
    }
    if (handler.startsWith("fail:")) {
      return Fail.parse(handler, handlerAttempts);
    }
    return new Echo();
  }

  /** No result. */
  private static class Echo extends HandlerOracle {
    @Override
    int resultBytes() {
      return 0;
    }

    @Override
    boolean accepts(ByteBuffer payload, ByteBuffer result) {
      return true;
    }

    @Override
    void handle(ByteBuffer payload, ByteBuffer result) {}
  }

  /** Four bytes, little-endian. */
  private static final class Crc32c extends HandlerOracle {
    private final CRC32C crc = new CRC32C();

    @Override
    int resultBytes() {
      return Integer.BYTES;
    }

    @Override
    boolean accepts(ByteBuffer payload, ByteBuffer result) {
      return result.order(ByteOrder.LITTLE_ENDIAN).getInt() == of(payload);
    }

    @Override
    void handle(ByteBuffer payload, ByteBuffer result) {
      result.order(ByteOrder.LITTLE_ENDIAN).putInt(of(payload));
    }

    private int of(ByteBuffer payload) {
      crc.reset();
      crc.update(payload);
      return (int) crc.getValue();
    }
  }

  private static final class Sha256 extends HandlerOracle {
    private final MessageDigest sha;
    private final byte[] expected = new byte[32];
    private final byte[] seen = new byte[32];

    Sha256() {
      try {
        sha = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    @Override
    int resultBytes() {
      return expected.length;
    }

    @Override
    boolean accepts(ByteBuffer payload, ByteBuffer result) {
      expect(payload);
      result.get(seen);
      return Arrays.equals(expected, seen);
    }

    @Override
    void handle(ByteBuffer payload, ByteBuffer result) {
      expect(payload);
      result.put(expected);
    }

    private void expect(ByteBuffer payload) {
      sha.update(payload);
      try {
        sha.digest(expected, 0, expected.length);
      } catch (DigestException e) {
        throw new IllegalStateException("a digest fits its own length", e);
      }
    }
  }

  /** Every n-th sequence fails; for good if it fails as often as it is tried. */
  private static final class Fail extends Echo {
    private final long every;

    private Fail(long every) {
      this.every = every;
    }

    static Fail parse(String handler, int handlerAttempts) {
      Matcher attempts = ATTEMPTS.matcher(handler);
      if (attempts.find() && Long.parseLong(attempts.group(1)) < handlerAttempts) {
        return new Fail(0);
      }
      Matcher every = EVERY.matcher(handler);
      return new Fail(every.find() ? Long.parseLong(every.group(1)) : 0);
    }

    @Override
    boolean fails(long sequence) {
      return every > 0 && sequence % every == 0;
    }
  }
}
