package io.gpumq.trackb.queue;

import io.gpumq.api.DeadLetter;
import io.gpumq.trackb.delivery.DeadLetterSink;
import io.gpumq.trackb.delivery.DeadLetterStore;
import io.gpumq.trackb.layout.CompletionWord;
import java.time.Instant;
import java.util.OptionalLong;

/** Makes dead letters of a lane's entries, as far as there is room for them. Under no lock. */
final class LetterWriter implements DeadLetterSink {
  private final Lane lane;
  private final String handler;
  private final DeadLetterStore letters;

  LetterWriter(Lane lane, DeadLetterStore letters) {
    this.lane = lane;
    this.handler = "handler '" + lane.queue().config().handler() + "' ";
    this.letters = letters;
  }

  /** Of an entry whose handler failed for good; false when there is no room. */
  boolean failed(long sequence, long word, String verdict) {
    int tries = CompletionWord.tries(word);
    if (verdict == null) {
      String reason = handler + "failed with error " + CompletionWord.error(word);
      return write(sequence, DeadLetter.Cause.HANDLER_FAILED, reason, tries, "");
    }
    String reason = handler + "ended its device process at attempt " + tries + ": " + verdict;
    return write(sequence, DeadLetter.Cause.HANDLER_FAULT, reason, tries, "");
  }

  /** Writes the letter of an entry that a group gives up; returns false when there is no room. */
  @Override
  public boolean offer(long sequence, DeadLetter.Cause cause, int count, String group) {
    String reason = "not acknowledged after " + count + " deliveries to group '" + group + "'";
    return write(sequence, cause, reason, count, group);
  }

  @Override
  public boolean isFull() {
    return letters.isFull();
  }

  private boolean write(
      long sequence, DeadLetter.Cause cause, String reason, int count, String group) {
    if (letters.isFull()) {
      return false;
    }
    Copied entry = Copied.of(lane, sequence);
    if (entry == null) {
      return false; // the queue is closed by now
    }
    OptionalLong key = entry.key();
    Instant sent = Instant.ofEpochMilli(entry.sentMillis());
    byte[] payload = entry.payload();
    return letters.offer(
        id -> new DeadLetter(id, sequence, cause, reason, count, group, key, sent, payload));
  }
}
