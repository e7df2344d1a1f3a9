package io.gpumq.soak.workload;

import java.nio.ByteBuffer;

/**
 * Bodies of which one word is written and checked: its place is drawn for each message by the
 * header's checksum, and the word is that checksum, inverted. The rest of a body is what lay in the
 * slot before, mostly of an earlier message.
 *
 * <p>A body of another message has another word in that place: it is always found. A body that is
 * wrong in part is found as often as its word lies in that part: 16 bytes of 232 in one of 14
 * messages. A fault that does so to a hundred messages is missed in one run of a thousand.
 */
final class DrawnWords extends Bodies {
  /** Results that are made again: one of so many, a power of two. */
  private static final int RESULTS = 256;

  private final long seed;
  private final int words;
  private final int lastPlace;

  /**
   * @param seed of every header's checksum, and so of places and words
   */
  DrawnWords(long seed, int payloadBytes) {
    super(payloadBytes);
    this.seed = seed;
    this.words = (bodyBytes() + Long.BYTES - 1) / Long.BYTES;
    this.lastPlace = payloadBytes - Long.BYTES;
  }

  /** Offset in a message of its drawn word. The last one ends where the message does. */
  int place(long checksum) {
    int drawn = (int) ((checksum >>> 32) * words >>> 32);
    return Math.min(Message.BODY_AT + drawn * Long.BYTES, lastPlace);
  }

  @Override
  End end() {
    return new WordEnd();
  }

  private final class WordEnd implements End {
    /** The same for each body: a word cannot tell of the others. */
    @Override
    public long digest(long sequence, int producer) {
      return seed;
    }

    @Override
    public void write(ByteBuffer payload, long sequence, int producer, long checksum) {
      Message.word(payload, place(checksum), ~checksum);
    }

    @Override
    public boolean matches(ByteBuffer payload, int start, long digest, long checksum) {
      return Message.word(payload, start + place(checksum)) == ~checksum;
    }

    @Override
    public boolean recomputes(long checksum) {
      return (checksum & RESULTS - 1) == 0;
    }
  }
}
