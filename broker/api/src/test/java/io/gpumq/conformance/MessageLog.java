package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.reference.Handler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every message that was sent, in order. Each begins with its index, since a batch does not tell
 * its sequences; these are learned at the first sight of a message, and must stay.
 */
final class MessageLog {
  /** More than a queue keeps of those that some group has not settled. */
  private static final int RECENT = 40;

  private final Handler handler;
  private final int attempts;
  private final List<byte[]> payloads = new ArrayList<>();
  private final List<byte[]> results = new ArrayList<>();
  private final List<Long> sequences = new ArrayList<>();
  private final TreeMap<Long, Integer> bySequence = new TreeMap<>();
  private final Set<Integer> deleted = new HashSet<>();
  private long bytes;
  private int failing;
  private int trimmedTo;

  MessageLog(String handler, int attempts) {
    this.handler = Handler.of(handler);
    this.attempts = attempts;
  }

  /** Adds a message whose sequence is not known yet: a batch does not tell. */
  void add(byte[] payload) {
    byte[] result = null;
    for (int attempt = 1; attempt <= attempts && result == null; attempt++) {
      result = handler.handle(payload, attempt);
    }
    payloads.add(payload);
    results.add(result);
    sequences.add(null);
    bytes += payload.length;
    failing += result == null ? 1 : 0;
  }

  void add(byte[] payload, long sequence) {
    add(payload);
    learn(size() - 1, sequence);
  }

  int size() {
    return payloads.size();
  }

  long bytes() {
    return bytes;
  }

  int failing() {
    return failing;
  }

  /** Says that a message was deleted. */
  void delete(int index) {
    deleted.add(index);
  }

  int deleted() {
    return deleted.size();
  }

  /** Says that all messages before one were trimmed. */
  void trim(int to) {
    trimmedTo = Math.max(trimmedTo, to);
  }

  /** Returns one of the last messages, some trimmed ones included, or where the next will be. */
  int chooseRecent(int choice) {
    int first = Math.max(0, Math.max(trimmedTo - 2, size() - RECENT));
    return first + choice % (size() - first + 1);
  }

  /** The first that was not trimmed. */
  int trimmedTo() {
    return trimmedTo;
  }

  /**
   * Whether a message is delivered to nobody from now on, nor read: the handler failed, or it is
   * taken out.
   */
  boolean isNone(int index) {
    return fails(index) || deleted.contains(index) || index < trimmedTo;
  }

  boolean fails(int index) {
    return results.get(index) == null;
  }

  /** The sequence of a message, or null while it is not known. */
  Long sequence(int index) {
    return sequences.get(index);
  }

  /** The index of a delivered entry, its contents checked. */
  int indexOf(Received entry) {
    int index = indexOf(entry.payload(), entry.sequence());
    assertArrayEquals(results.get(index), entry.result(), "result of message " + index);
    return index;
  }

  /** The index of a message that came back, its payload and its sequence checked. */
  int indexOf(byte[] payload, long sequence) {
    assertTrue(payload.length >= Long.BYTES, "a payload that was never sent");
    long number = Numbered.number(payload);
    assertTrue(number >= 0 && number < size(), "message " + number + " was never sent");
    int index = (int) number;
    assertArrayEquals(payloads.get(index), payload, "payload of message " + index);
    learn(index, sequence);
    return index;
  }

  private void learn(int index, long sequence) {
    Long known = sequences.set(index, sequence);
    if (known != null) {
      assertEquals(known, sequence, "sequence of message " + index);
    } else {
      assertNull(bySequence.put(sequence, index), "sequence " + sequence + " was given twice");
      Map.Entry<Long, Integer> before = bySequence.lowerEntry(sequence);
      Map.Entry<Long, Integer> after = bySequence.higherEntry(sequence);
      assertTrue(before == null || before.getValue() < index, "sequences rise with the sending");
      assertTrue(after == null || after.getValue() > index, "sequences rise with the sending");
    }
  }
}
