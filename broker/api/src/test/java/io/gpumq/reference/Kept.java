package io.gpumq.reference;

import io.gpumq.reference.Group.Pending;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The messages that a queue keeps, and whom they are kept for. Guarded by the queue's lock. */
final class Kept {
  final TreeMap<Long, Message> messages = new TreeMap<>();
  private final Map<String, Group> groups;

  Kept(Map<String, Group> groups) {
    this.groups = groups;
  }

  void add(Message message) {
    messages.put(message.sequence(), message);
  }

  /** A group is done with an entry. */
  void settle(Group group, Pending entry) {
    group.settle(entry);
    if (groups.values().stream().noneMatch(other -> other.owes(entry.message))) {
      messages.remove(entry.message.sequence());
    }
  }

  /** Without a group everything is kept. */
  void dropSettled() {
    if (!groups.isEmpty()) {
      messages.values().removeIf(message -> !message.failed() && owners(message).isEmpty());
    }
  }

  /** Takes a message out; returns whether it was there. */
  boolean delete(long sequence) {
    Message message = messages.get(sequence);
    if (message == null || message.failed()) {
      return false;
    }
    messages.remove(sequence);
    for (Group group : groups.values()) {
      Pending entry = group.pending.get(sequence);
      if (entry != null) {
        group.settle(entry);
      }
    }
    return true;
  }

  private List<String> owners(Message message) {
    return groups.values().stream()
        .filter(group -> group.owes(message))
        .map(group -> "'" + group.name + "'")
        .toList();
  }

  /** Why there is no room. */
  String holders() {
    String who = messages.isEmpty() ? "nobody" : "" + owners(messages.firstEntry().getValue());
    return "what is kept is held by " + who + ", or by full dead letters";
  }

  /** The oldest sequence, or {@code next} where there is none. */
  long oldest(long next) {
    return messages.isEmpty() ? next : messages.firstKey();
  }
}
