package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The words and numbers of Redis commands as bytes. */
final class Args {
  static final byte[] AUTO_ID = bytes("*");
  static final byte[] BLOCK = bytes("BLOCK");
  static final byte[] COUNT = bytes("COUNT");
  static final byte[] CREATE = bytes("CREATE");
  static final byte[] DELCONSUMER = bytes("DELCONSUMER");
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

  static String text(Object reply) {
    return new String((byte[]) reply, US_ASCII);
  }
}
