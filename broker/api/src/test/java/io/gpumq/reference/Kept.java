package io.gpumq.reference;

import io.gpumq.api.Retention;
import io.gpumq.api.Retention.Until;
import io.gpumq.api.Trim;
import io.gpumq.reference.Group.Pending;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The messages that a queue keeps, and whom they are kept for. Guarded by the queue's lock. */
final class Kept {
  final TreeMap<Long, Message> messages = new TreeMap<>();
  private final Map<String, Group> groups;

  private final Retention retention;

  Kept(Map<String, Group> groups, Retention retention) {
    this.groups = groups;
    this.retention = retention;
  }

  void add(Message message) {
    messages.put(message.sequence(), message);
    dropIfSettled(message);
  }

  /** A group is done with an entry. */
  void settle(Group group, Pending entry) {
    group.settle(entry);
    dropIfSettled(entry.message);
  }

  /**
   * {@link #dropSettled()}, where nothing was settled but one message: others are not looked at.
   */
  private void dropIfSettled(Message message) {
    if (retention.until() != Until.SETTLED) {
      dropSettled();
    } else if (!isOwed(message)) {
      messages.remove(message.sequence());
    }
  }

  /** Drops what has become too old. */
  void letTimePass() {
    if (retention.until() == Until.TRIMMED) {
      dropSettled();
    }
  }

  /** Drops what need not be kept. */
  void dropSettled() {
    switch (retention.until()) {
      case SETTLED -> messages.values().removeIf(message -> !isOwed(message));
      case NEEDED -> {}
      case TRIMMED -> dropOldest(this::isBeyond);
    }
  }

  private boolean isBeyond(Message oldest) {
    long age = System.currentTimeMillis() - oldest.sentMillis();
    return messages.size() > retention.messages()
        || Duration.ofMillis(age).compareTo(retention.age()) > 0;
  }

  private void dropOldest(Predicate<Message> isWanted) {
    while (!messages.isEmpty()) {
      Message oldest = messages.firstEntry().getValue();
      if (isOwed(oldest) || !isWanted.test(oldest)) {
        return;
      }
      messages.pollFirstEntry();
    }
  }

  /** Whether there is room for one more, or can be made. */
  boolean hasRoom(long most) {
    if (retention.until() == Until.NEEDED) {
      dropOldest(oldest -> messages.size() >= most);
    }
    return messages.size() < most;
  }

  /** Without a group nothing is settled, where nothing that is settled is kept. */
  private boolean isOwed(Message message) {
    boolean isForLater = groups.isEmpty() && retention.until() == Until.SETTLED;
    return message.failed()
        || isForLater
        || groups.values().stream().anyMatch(group -> group.owes(message));
  }

  /** Messages that somebody has to settle. */
  long owed() {
    return retention.until() == Until.SETTLED
        ? messages.size()
        : messages.values().stream().filter(this::isOwed).count();
  }

  /** Takes the oldest messages out, up to one that is to become a letter; returns how many. */
  long trim(Trim to, long next) {
    long below = Math.min(end(next), below(to, next));
    List<Long> gone = List.copyOf(messages.headMap(below).keySet());
    gone.forEach(this::delete);
    return gone.size();
  }

  /** Behind the last message that can be read. */
  long end(long next) {
    return first(Message::failed, next);
  }

  private long below(Trim to, long next) {
    if (to instanceof Trim.Below below) {
      return below.sequence();
    }
    if (to instanceof Trim.OlderThan older) {
      long oldest = System.currentTimeMillis() - Deadline.nanos(older.age()) / 1_000_000;
      return first(message -> message.sentMillis() >= oldest, next);
    }
    boolean isCount = to instanceof Trim.ToMessages;
    long left = to instanceof Trim.ToMessages most ? most.most() : ((Trim.ToBytes) to).most();
    long below = next;
    for (Message message : messages.descendingMap().values()) {
      left -= isCount ? 1 : message.payload().length + 16;
      below = left < 0 ? below : message.sequence();
    }
    return below;
  }

  private long first(Predicate<Message> which, long next) {
    return messages.values().stream()
        .filter(which)
        .mapToLong(Message::sequence)
        .findFirst()
        .orElse(next);
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
