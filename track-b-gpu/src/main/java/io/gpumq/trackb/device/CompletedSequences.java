package io.gpumq.trackb.device;

import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.spi.Resume;
import java.nio.ByteBuffer;

/**
 * Which sequences about the head are completed, by their words alone: what a device knows that has
 * no part in the host's watermarks.
 *
 * <p>A claim waits until its slot's last message has landed. So every sequence that is as many
 * slots below the head is completed, and none that is as many above is begun. For one thread at a
 * time.
 */
final class CompletedSequences {
  private final ByteBuffer words;
  private final int slots;

  /** Everything below was seen completed, so no look need begin before it. */
  private long seenTo;

  /**
   * @param words one for each of so many slots
   */
  CompletedSequences(ByteBuffer words, int slots) {
    this.words = words;
    this.slots = slots;
  }

  /** Whether everything below {@code head} is completed. */
  boolean all(long head) {
    return firstMissing(head) >= head;
  }

  /**
   * Where a kernel takes up the work of one that has ended.
   *
   * @param head as it is after that end
   */
  Resume resume(long head) {
    long first = firstMissing(head);
    long end = first;
    for (long sequence = first; sequence < head + slots; sequence++) {
      if (is(sequence)) {
        end = sequence + 1;
      }
    }
    return new Resume(first, end, Resume.NEVER);
  }

  /**
   * Returns how many sequences below {@code end} are not completed.
   *
   * @param end at most {@code head}
   */
  int missingBelow(long end, long head) {
    int missing = 0;
    for (long sequence = firstMissing(head); sequence < end; sequence++) {
      missing += is(sequence) ? 0 : 1;
    }
    return missing;
  }

  private long firstMissing(long head) {
    long sequence = oldest(head);
    while (sequence < head + slots && is(sequence)) {
      sequence++;
    }
    seenTo = sequence;
    return sequence;
  }

  /** Returns a sequence below which all are completed. */
  private long oldest(long head) {
    return Math.max(seenTo, head - slots);
  }

  /** A slot's word may be of the next lap already: then this lap's was seen and released. */
  private boolean is(long sequence) {
    long word = Words.getAcquire(words, (int) (sequence & slots - 1) * Long.BYTES);
    return CompletionWord.isOf(word, sequence) || CompletionWord.isOf(word, sequence + slots);
  }
}
