package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.MessageQueue;
import java.util.List;

/** The messages of a model run that are deleted by their sequences. */
final class DeletionModel {
  private final MessageQueue queue;
  private final MessageLog log;
  private final List<GroupModel> groups;

  DeletionModel(MessageQueue queue, MessageLog log, List<GroupModel> groups) {
    this.queue = queue;
    this.log = log;
    this.groups = groups;
  }

  /** Deletes a message, unless nobody can know what has become of it by now. */
  void delete(int choice) {
    int index = log.size() == 0 ? -1 : choice % log.size();
    if (index < 0
        || log.isNone(index)
        || log.sequence(index) == null
        || groups.stream().anyMatch(group -> group.isAtItsLimit(index))) {
      return;
    }
    boolean isOwed = groups.stream().anyMatch(group -> group.mayOwe(index));
    int deleted = queue.delete(log.sequence(index), Long.MAX_VALUE);
    assertTrue(deleted == 1 || !isOwed, () -> "message " + index + " was not there");
    if (deleted == 1) {
      groups.forEach(group -> group.deleted(index));
      log.delete(index);
      assertEquals(0, queue.delete(log.sequence(index)), "deleted twice");
    }
  }
}
