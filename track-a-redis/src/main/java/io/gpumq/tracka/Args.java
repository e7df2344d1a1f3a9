package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gpumq.spi.Deadline;
import java.time.Duration;

/** The words and numbers of Redis commands as bytes. */
final class Args {
  /** The fields of a message behind its payload: its key, and the only group that is to see it. */
  static final byte[] KEY_FIELD = bytes("k");

  static final byte[] TARGET_FIELD = bytes("g");
  static final byte[] AUTO_ID = bytes("*");
  static final byte[] BLOCK = bytes("BLOCK");
  static final byte[] COUNT = bytes("COUNT");
  static final byte[] CREATE = bytes("CREATE");
  static final byte[] DESTROY = bytes("DESTROY");
  static final byte[] FIRST = bytes("-");
  static final byte[] FROM_START = bytes("0");
  static final byte[] GROUP = bytes("GROUP");
  static final byte[] IDLE = bytes("IDLE");
  static final byte[] JUSTID = bytes("JUSTID");
  static final byte[] LAST = bytes("+");
  static final byte[] MINID = bytes("MINID");
  static final byte[] MKSTREAM = bytes("MKSTREAM");
  static final byte[] NEW = bytes(">");
  static final byte[] NEWEST = bytes("$");
  static final byte[] NOMKSTREAM = bytes("NOMKSTREAM");
  static final byte[] ONE = bytes("1");
  static final byte[] RETRYCOUNT = bytes("RETRYCOUNT");
  static final byte[] STREAM = bytes("STREAM");
  static final byte[] STREAMS = bytes("STREAMS");
  static final byte[] ZERO_ID = bytes("0-0");

  private Args() {}

  static byte[] bytes(String word) {
    return word.getBytes(US_ASCII);
  }

  static byte[] bytes(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  /** Whole milliseconds, rounded up; of any length. */
  static long millisUp(Duration duration) {
    return Deadline.nanos(duration) / 1_000_000 + (duration.toNanosPart() % 1_000_000 == 0 ? 0 : 1);
  }

  static String text(Object reply) {
    return new String((byte[]) reply, US_ASCII);
  }
}
