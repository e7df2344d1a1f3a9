package io.gpumq.trackb.isolation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lines of words between two processes: the words with a blank between them, each URL-encoded, so
 * that it may hold anything.
 */
final class Lines {
  /** Longest line, in bytes without its end. */
  static final int MOST_BYTES = 16_384;

  /** Longest text in a line, in characters: even if each is encoded, a line has room for it. */
  private static final int MOST_TEXT = 1_000;

  private Lines() {}

  /** A text that may be long, cut to what a line has room for. */
  static String clip(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "...";
  }

  static void write(OutputStream out, List<?> words) throws IOException {
    var line = new StringBuilder();
    for (Object word : words) {
      line.append(line.length() == 0 ? "" : " ")
          .append(URLEncoder.encode(word.toString(), StandardCharsets.UTF_8));
    }
    byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    if (bytes.length - 1 > MOST_BYTES) {
      throw new IOException("a line of " + bytes.length + " bytes: must be at most " + MOST_BYTES);
    }
    out.write(bytes); // at once: other threads write, too
    out.flush();
  }

  /**
   * Reads the words of the next line.
   *
   * @return {@code null} at the end of the stream; what comes behind the last line's end is dropped
   * @throws IOException if the line is too long
   */
  static List<String> read(InputStream in) throws IOException {
    byte[] bytes = new byte[256];
    int length = 0;
    for (int next; (next = in.read()) >= 0; ) {
      if (next == '\n') {
        return words(new String(bytes, 0, length, StandardCharsets.US_ASCII));
      }
      if (length == MOST_BYTES) {
        throw new IOException("a line of more than " + MOST_BYTES + " bytes");
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
      bytes[length++] = (byte) next;
    }
    return null;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" ", -1)) {
      words.add(URLDecoder.decode(word, StandardCharsets.UTF_8));
    }
    return words;
  }
}
