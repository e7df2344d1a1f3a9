package io.gpumq.trackb.ring;

import io.gpumq.api.DeadLetter;
import io.gpumq.trackb.delivery.DeadLetterSink;
import io.gpumq.trackb.delivery.DeadLetterStore;
import io.gpumq.trackb.layout.Completion;
import java.time.Instant;
import java.util.OptionalLong;

/** Makes dead letters of a ring's messages, as far as there is room for them. Under no lock. */
final class LetterWriter implements DeadLetterSink {
  private final String handler;
  private final Completions completions;
  private final Reads reads;
  private final Marks marks;
  private final DeadLetterStore letters;

  /** What the device is known to have died of; set once, before the first message. */
  private RunningRing ring;

  LetterWriter(
      String handler, Completions completions, Reads reads, Marks marks, DeadLetterStore letters) {
    this.handler = "handler '" + handler + "' ";
    this.completions = completions;
    this.reads = reads;
    this.marks = marks;
    this.letters = letters;
  }

  void of(RunningRing running) {
    ring = running;
  }

  /** Of a message whose handler failed for good; false when there is no room. */
  boolean failed(long sequence, long word) {
    int tries = Completion.tries(word);
    String verdict = ring.verdict(sequence);
    if (verdict == null) {
      String reason = handler + "failed with error " + Completion.error(word);
      return write(sequence, word, DeadLetter.Cause.HANDLER_FAILED, reason, tries, "");
    }
    String reason = handler + "ended its device process at attempt " + tries + ": " + verdict;
    boolean given = write(sequence, word, DeadLetter.Cause.HANDLER_FAULT, reason, tries, "");
    if (given) {
      ring.forget(sequence);
    }
    return given;
  }

  /** Writes the letter of a message that a group gives up; returns false when there is no room. */
  @Override
  public boolean offer(long sequence, DeadLetter.Cause cause, int count, String group) {
    String reason = "not acknowledged after " + count + " deliveries to group '" + group + "'";
    return write(sequence, completions.word(sequence), cause, reason, count, group);
  }

  @Override
  public boolean isFull() {
    return letters.isFull();
  }

  private boolean write(
      long sequence, long word, DeadLetter.Cause cause, String reason, int count, String group) {
    if (letters.isFull()) {
      return false;
    }
    byte[] payload = reads.payload(sequence, Completion.length(word));
    OptionalLong key =
        marks.hasKey(sequence) ? OptionalLong.of(marks.key(sequence)) : OptionalLong.empty();
    Instant sent = Instant.ofEpochMilli(marks.sentMillis(sequence));
    return letters.offer(
        id -> new DeadLetter(id, sequence, cause, reason, count, group, key, sent, payload));
  }
}
