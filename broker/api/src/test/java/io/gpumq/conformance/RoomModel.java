package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** How many messages of a model run take room: at least, and at most. */
final class RoomModel {
  private final MessageLog log;
  private final List<GroupModel> groups;
  private final LetterModel letters;
  private final boolean keepsSettled;
  private final boolean roomAtOnce;
  private final int most;

  /**
   * @param roomAtOnce whether the room of what has gone is found at once, wherever that lay
   * @param most messages that the queue keeps
   */
  RoomModel(
      MessageLog log,
      List<GroupModel> groups,
      LetterModel letters,
      boolean keepsSettled,
      boolean roomAtOnce,
      int most) {
    this.log = log;
    this.groups = groups;
    this.letters = letters;
    this.keepsSettled = keepsSettled;
    this.roomAtOnce = roomAtOnce;
    this.most = most;
  }

  private int count(IntPredicate which) {
    return (int) IntStream.range(0, log.size()).filter(which).count();
  }

  /** Messages that some group surely has not settled. */
  int surelyOwed(long nowNanos) {
    return count(
        index ->
            !log.fails(index)
                && groups.stream().anyMatch(group -> group.surelyOwes(index, nowNanos)));
  }

  /**
   * Messages that may be kept. Where room is not found at once, or settled ones stay, all from the
   * oldest of these to the newest.
   */
  int mayBeKept() {
    int first = log.trimmedTo();
    while (first < log.size() && !keepsSettled && !mayBeOwed(first)) {
      first++;
    }
    return keepsSettled || !roomAtOnce ? log.size() - first : mostOwed();
  }

  /** Messages that some group may not have settled, or that are to become letters. */
  int mostOwed() {
    return count(this::mayBeOwed);
  }

  private boolean mayBeOwed(int index) {
    return log.fails(index)
        ? !letters.hasFailed(index)
        : groups.stream().anyMatch(group -> group.mayOwe(index));
  }

  /** Checks that no more is kept than may be. */
  void check() {
    long now = System.nanoTime();
    int kept = keepsSettled ? count(index -> !log.isNone(index)) : surelyOwed(now);
    assertTrue(kept <= most, () -> kept + " messages kept of " + most);
  }
}
