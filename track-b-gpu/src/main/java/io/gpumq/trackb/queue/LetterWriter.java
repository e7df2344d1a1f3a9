package io.gpumq.trackb.queue;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.trackb.delivery.DeadLetterSink;
import io.gpumq.trackb.layout.CompletionWord;

/** Makes dead letters of a lane's entries, as far as there is room for them. Under no lock. */
final class LetterWriter implements DeadLetterSink {
  private final Lane lane;

  LetterWriter(Lane lane) {
    this.lane = lane;
  }

  /**
   * Of an entry whose handler failed for good, if nobody deleted it; false when there is no room.
   */
  boolean failed(long sequence, long word, String verdict) {
    if (lane.log().deletions().has(sequence)) {
      return true;
    }
    int tries = CompletionWord.tries(word);
    String handler = "handler '" + lane.queue().config().handler() + "' ";
    if (verdict == null) {
      String reason = handler + "failed with error " + CompletionWord.error(word);
      return write(sequence, Cause.HANDLER_FAILED, reason, tries, "");
    }
    String reason = handler + "ended its device process at attempt " + tries + ": " + verdict;
    return write(sequence, Cause.HANDLER_FAULT, reason, tries, "");
  }

  /** Writes the letter of an entry that a group gives up; returns false when there is no room. */
  @Override
  public boolean offer(long sequence, Cause cause, int count, String group) {
    String reason = "not acknowledged after " + count + " deliveries to group '" + group + "'";
    return write(sequence, cause, reason, count, group);
  }

  @Override
  public boolean isFull() {
    return lane.queue().letters().isFull(lane);
  }

  private boolean write(long sequence, Cause cause, String reason, int count, String group) {
    var letter = new DeadLetter(lane.queue().name(), sequence, cause, reason, count, group);
    return lane.queue().letters().put(lane, sequence, letter);
  }
}
