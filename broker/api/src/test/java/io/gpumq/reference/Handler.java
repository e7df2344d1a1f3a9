package io.gpumq.reference;

import io.gpumq.api.ConfigException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** What is run on each message, in plain JDK code: the oracle of the kernels. */
@FunctionalInterface
public interface Handler {
  /**
   * Handles one payload.
   *
   * @param attempt which run this is of the message, from 1
   * @return the result, or {@code null} where the handler fails
   */
  byte[] handle(byte[] payload, int attempt);

  /**
   * The handler of that specification.
   *
   * @throws ConfigException if there is none
   */
  static Handler of(String spec) {
    switch (spec) {
      case "echo":
        return (payload, attempt) -> new byte[0];
      case "crc32c":
        return (payload, attempt) -> crc32c(payload);
      case "sha256":
        return (payload, attempt) -> sha256(payload);
      default:
        Matcher fail =
            Pattern.compile("fail:every=([1-9]\\d{0,8})(,attempts=(\\d{1,8}))?").matcher(spec);
        if (fail.matches()) {
          long every = Long.parseLong(fail.group(1));
          int attempts =
              fail.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(fail.group(3));
          return (payload, attempt) ->
              attempt <= attempts && isMultiple(payload, every) ? null : new byte[0];
        }
        throw new ConfigException(
            "handler '" + spec + "': must be echo, crc32c, sha256 or fail:every=N[,attempts=K]");
    }
  }

  /** Castagnoli's CRC of the payload: 4 bytes, little-endian. */
  static byte[] crc32c(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    ByteBuffer result = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    return result.putInt((int) crc.getValue()).array();
  }

  /** SHA-256 of the payload: 32 bytes. */
  static byte[] sha256(byte[] payload) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(payload);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static boolean isMultiple(byte[] payload, long every) {
    return payload.length >= Long.BYTES
        && Long.remainderUnsigned(
                ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong(), every)
            == 0;
  }
}
