package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.Trim;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The messages of a model run that are deleted by their sequences, or trimmed. */
final class RemovalModel {
  private final MessageQueue queue;
  private final MessageLog log;
  private final List<GroupModel> groups;
  private final LetterModel letters;
  private final boolean keepsSettled;

  RemovalModel(
      MessageQueue queue,
      MessageLog log,
      List<GroupModel> groups,
      LetterModel letters,
      boolean keepsSettled) {
    this.queue = queue;
    this.log = log;
    this.groups = groups;
    this.letters = letters;
    this.keepsSettled = keepsSettled;
  }

  /** Deletes a message, unless nobody can know what has become of it by now. */
  void delete(int choice) {
    int index = log.size() == 0 ? -1 : choice % log.size();
    if (index < 0 || log.isNone(index) || log.sequence(index) == null || mayBeALetter(index)) {
      return;
    }
    int deleted = queue.delete(log.sequence(index), Long.MAX_VALUE);
    assertTrue(deleted == 1 || !isThere(index), () -> "message " + index + " was not there");
    if (deleted == 1) {
      groups.forEach(group -> group.takenOut(index));
      log.delete(index);
      assertEquals(0, queue.delete(log.sequence(index)), "deleted twice");
    }
  }

  /** Trims all before a message, or all that there are, unless nobody can know what that is. */
  void trim(int choice) {
    int to = log.chooseRecent(choice);
    boolean all = to == log.size();
    if ((!all && log.sequence(to) == null) || count(to, this::mayBeALetter) > 0) {
      return;
    }
    long most = count(to, index -> !log.isNone(index));
    long least = count(to, index -> !log.isNone(index) && isThere(index));
    long trimmed = queue.trim(all ? Trim.toMessages(0) : Trim.below(log.sequence(to)));
    assertTrue(
        trimmed >= least && trimmed <= most,
        () -> trimmed + " trimmed before message " + to + ", not " + least + " to " + most);
    for (int index = log.trimmedTo(); index < to; index++) {
      if (!log.isNone(index)) {
        for (GroupModel group : groups) {
          group.takenOut(index);
        }
      }
    }
    log.trim(to);
    assertEquals(0, queue.trim(all ? Trim.toMessages(0) : Trim.below(log.sequence(to))));
  }

  private static long count(int to, IntPredicate which) {
    return IntStream.range(0, to).filter(which).count();
  }

  /** Whether a dead letter of it may be being made. */
  private boolean mayBeALetter(int index) {
    boolean isFailing = log.fails(index) && !letters.hasFailed(index);
    return isFailing || groups.stream().anyMatch(group -> group.isAtItsLimit(index));
  }

  /** Whether a message that was not taken out must be there: some group owes it, or it is kept. */
  private boolean isThere(int index) {
    return keepsSettled || groups.stream().anyMatch(group -> group.mayOwe(index));
  }
}
