package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.MessageQueue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The dead letters of a model run: each due, each once. */
final class LetterModel {
  private final MessageQueue queue;
  private final MessageLog log;
  private final Set<Integer> failed = new HashSet<>();
  private final Map<String, Set<Integer>> givenUp = new HashMap<>();
  private final Map<String, GroupModel> groups = new HashMap<>();

  LetterModel(MessageQueue queue, MessageLog log, List<GroupModel> groups) {
    this.queue = queue;
    this.log = log;
    for (GroupModel group : groups) {
      this.groups.put(group.name, group);
      givenUp.put(group.name, new HashSet<>());
    }
  }

  /** Takes letters out of the queue, and checks that each had to be there. */
  void take(int max) {
    int most = queue.config().maxDeadLetters();
    assertTrue(ReadLetters.size(queue) <= most, "more letters than allowed");
    List<Letter> taken = ReadLetters.take(queue, max);
    assertTrue(taken.size() <= max, "more letters than asked for");
    long now = System.nanoTime();
    for (Letter letter : taken) {
      int index = log.indexOf(letter.payload(), letter.sequence());
      if (letter.told().cause() == Cause.HANDLER_FAILED) {
        takeFailed(letter, index);
      } else {
        takeGivenUp(letter, index, now);
      }
    }
  }

  private void takeFailed(Letter letter, int index) {
    assertEquals("", letter.group());
    assertEquals(queue.config().handlerAttempts(), letter.told().count());
    assertTrue(log.fails(index), () -> "the handler can do message " + index);
    assertTrue(failed.add(index), () -> "two letters for message " + index);
  }

  private void takeGivenUp(Letter letter, int index, long now) {
    GroupModel group = groups.get(letter.group());
    assertTrue(group != null, () -> "no group '" + letter.group() + "'");
    assertEquals(queue.config().maxDeliveries(), letter.told().count());
    assertTrue(group.isDelivered(index), () -> group.what(index) + " was never delivered");
    if (group.pending.containsKey(index)) {
      assertTrue(group.mayBeGivenUp(index, now), () -> group.what(index) + " given up early");
      group.pending.remove(index);
    }
    assertTrue(givenUp.get(group.name).add(index), () -> "two letters for " + group.what(index));
  }

  /** Letters taken of messages that the handler failed at. */
  int failed() {
    return failed.size();
  }

  boolean hasFailed(int index) {
    return failed.contains(index);
  }

  /** Letters taken of entries that this group gave up. */
  int givenUp(GroupModel group) {
    return givenUp.get(group.name).size();
  }

  int taken() {
    return failed.size() + givenUp.values().stream().mapToInt(Set::size).sum();
  }
}
