package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How an entry says that it is a dead letter. Its last extension:
 *
 * <pre>
 *  +---------------------------------------------------------------+
 *  | sequence in its queue                                         |
 *  +-------------+----------+----------+-------------+-------+-----+
 *  | reason's    | queue's  | group's  | count       | cause | 0   |
 *  | bytes, 16   | bytes, 8 | bytes, 8 | 16          | 8     | 8   |
 *  +-------------+----------+----------+-------------+-------+-----+
 * </pre>
 *
 * Behind the payload, in the place of a result, lie reason, queue and group in UTF-8.
 */
final class LetterText {
  private static final int REASON_SHIFT = 48;
  private static final int QUEUE_SHIFT = 40;
  private static final int GROUP_SHIFT = 32;
  private static final int COUNT_SHIFT = 16;
  private static final int CAUSE_SHIFT = 8;

  /** A longer reason is cut: a handler's last words have no bound. */
  private static final int MOST_REASON = 4_000;

  private static final Cause[] CAUSES = Cause.values();

  private LetterText() {}

  /**
   * Returns the heading of a letter, to be moved in front of its payload and behind it.
   *
   * @param of the message that was given up
   */
  static ByteBuffer heading(DeadLetter letter, Heading of) {
    byte[] reason = letter.reason().getBytes(UTF_8);
    byte[] cut = reason.length > MOST_REASON ? Arrays.copyOf(reason, MOST_REASON) : reason;
    byte[] queue = letter.queue().getBytes(UTF_8);
    byte[] group = letter.group().getBytes(UTF_8);
    int texts = cut.length + queue.length + group.length;
    int extensions = of.hasKey() ? 2 : 1;
    ByteBuffer heading = Heading.buffer(1 + extensions + EntryHeader.units(texts));
    of.write(heading, EntryHeader.letter(of.length(), of.hasKey(), texts), of.sentMillis());
    long what =
        (long) cut.length << REASON_SHIFT
            | (long) queue.length << QUEUE_SHIFT
            | (long) group.length << GROUP_SHIFT
            | (long) letter.count() << COUNT_SHIFT
            | (long) letter.cause().ordinal() << CAUSE_SHIFT;
    Words.set(heading, extensions * UNIT, letter.sequence());
    Words.set(heading, extensions * UNIT + Long.BYTES, what);
    heading.position((1 + extensions) * UNIT).put(cut).put(queue).put(group).clear();
    return heading;
  }

  /**
   * Returns what an entry says that is a letter.
   *
   * @param at where its header lies in the memory
   */
  static DeadLetter read(ByteBuffer memory, int at) {
    long header = Words.get(memory, at);
    int extension = at + EntryHeader.extensions(header) * UNIT;
    long what = Words.get(memory, extension + Long.BYTES);
    int reason = field(what, REASON_SHIFT, 16);
    int queue = field(what, QUEUE_SHIFT, 8);
    int group = field(what, GROUP_SHIFT, 8);
    int texts = extension + UNIT + EntryHeader.units(EntryHeader.length(header)) * UNIT;
    return new DeadLetter(
        text(memory, texts + reason, queue),
        Words.get(memory, extension),
        CAUSES[field(what, CAUSE_SHIFT, 8)],
        text(memory, texts, reason),
        field(what, COUNT_SHIFT, 16),
        text(memory, texts + reason + queue, group));
  }

  private static int field(long word, int shift, int bits) {
    return (int) (word >>> shift) & (1 << bits) - 1;
  }

  private static String text(ByteBuffer memory, int at, int bytes) {
    byte[] text = new byte[bytes];
    memory.get(at, text);
    return new String(text, UTF_8);
  }
}
