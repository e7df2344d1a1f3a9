package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Reader;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The messages of a model run as a reader finds them by their positions. */
final class ReadModel {
  private final MessageLog log;
  private final List<GroupModel> groups;
  private final LetterModel letters;
  private final boolean keepsSettled;
  private final Reader reader;

  ReadModel(
      MessageQueue queue,
      MessageLog log,
      List<GroupModel> groups,
      LetterModel letters,
      boolean keepsSettled) {
    this.log = log;
    this.groups = groups;
    this.letters = letters;
    this.keepsSettled = keepsSettled;
    reader = queue.reader();
  }

  /** Reads from a message on, or before it, and checks what it finds. */
  void read(int choice, boolean forwards, int max) {
    int at = log.chooseRecent(choice);
    boolean atEnd = at == log.size();
    if (!atEnd && log.sequence(at) == null) {
      return;
    }
    int handled = awaitHandled();
    long position = atEnd ? reader.end(0) : log.sequence(at);
    Batch batch = forwards ? reader.from(position, max) : reader.before(position, max);
    List<Integer> found = indexes(batch);
    assertTrue(found.size() <= max, () -> found.size() + " messages, asked for " + max);
    assertEquals(found.stream().sorted().toList(), found, "not in the order of sending");
    found.forEach(index -> assertTrue(!log.isNone(index), () -> "read, though gone: " + index));
    assertTrue(found.stream().allMatch(index -> atEnd || index >= at == forwards), found::toString);
    int reached = found.isEmpty() ? -1 : found.get(forwards ? found.size() - 1 : 0);
    IntPredicate isWithin =
        forwards
            ? index -> index >= at && (reached < 0 || index <= reached)
            : index -> index < at && index >= reached;
    long now = System.nanoTime();
    List<Integer> lost =
        IntStream.range(0, handled)
            .filter(isWithin)
            .filter(index -> isThere(index, now) && !found.contains(index))
            .boxed()
            .toList();
    assertEquals(List.of(), lost, () -> "not read from message " + at + ", but " + found);
  }

  /**
   * Waits until the track must have handled what it can.
   *
   * @return behind the last message that must be seen: nobody knows of those behind one that may
   *     wait for room for its letter, nor of those whose sequence is not known
   */
  private int awaitHandled() {
    int last = -1;
    for (int index = 0; index < log.size(); index++) {
      if (log.fails(index) && !letters.hasFailed(index)) {
        break;
      }
      last = log.sequence(index) == null ? last : index;
    }
    if (last >= 0) {
      long sequence = log.sequence(last);
      Await.until("all is handled", () -> reader.end(0) > sequence);
    }
    return last + 1;
  }

  private List<Integer> indexes(Batch batch) {
    List<Received> entries = QueueTest.copy(batch);
    entries.forEach(entry -> assertEquals(0, entry.deliveries()));
    return entries.stream().map(log::indexOf).toList();
  }

  private boolean isThere(int index, long nowNanos) {
    boolean isOwed = groups.stream().anyMatch(group -> group.surelyOwes(index, nowNanos));
    return !log.isNone(index) && (keepsSettled || isOwed);
  }

  void assertClosed() {
    assertThrows(QueueClosedException.class, () -> reader.oldest(0));
    reader.close();
  }
}
