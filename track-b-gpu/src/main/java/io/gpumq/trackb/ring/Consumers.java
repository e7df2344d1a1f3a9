package io.gpumq.trackb.ring;

import io.gpumq.api.ConfigException;
import io.gpumq.trackb.delivery.Group;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The open consumers of a ring, by group and name. Safe for use by many threads. */
final class Consumers {
  /** By the group itself, since one of its name may have been removed before it. */
  private record Key(Group group, String name) {}

  private final Map<Key, RingConsumer> open = new HashMap<>();

  /**
   * The numbers of those that are open: each is another taker to its group. The smallest free one
   * goes to the next, since a group keeps a word for each number up to the highest.
   */
  private final BitSet numbers = new BitSet();

  private boolean isMemoryHeld;

  /**
   * Opens a consumer.
   *
   * @param maker is given the consumer's number; asked where {@link #endWithQueue} cannot come
   *     between
   * @throws ConfigException if one of that name is open in the group
   */
  synchronized RingConsumer open(Group group, String name, IntFunction<RingConsumer> maker) {
    Key key = new Key(group, name);
    if (open.containsKey(key)) {
      throw new ConfigException(
          "consumer '"
              + name
              + "': is open in group '"
              + group.name()
              + "'; choose another name, or close it (if its thread is gone, by"
              + " MessageQueue.closeConsumer)");
    }
    int number = numbers.nextClearBit(0);
    RingConsumer consumer = maker.apply(number);
    numbers.set(number);
    open.put(key, consumer);
    return consumer;
  }

  /** Forgets a consumer that has ended; returns whether its queue's memory was held for it. */
  synchronized boolean remove(RingConsumer consumer) {
    if (!open.remove(new Key(consumer.of(), consumer.name()), consumer)) {
      return false;
    }
    numbers.clear(consumer.owner()); // its leases have ended before
    return isMemoryHeld;
  }

  /** Closes a consumer; returns whether there was one. */
  boolean close(String group, String name) {
    List<RingConsumer> found = of(group);
    found.removeIf(consumer -> !consumer.name().equals(name));
    found.forEach(RingConsumer::close);
    return !found.isEmpty();
  }

  /** Returns the names of a group's consumers, sorted. */
  List<String> names(String group) {
    return of(group).stream().map(RingConsumer::name).sorted().toList();
  }

  /**
   * Closes the consumers that a removed group has left, not those of a later one of its name.
   *
   * @param now returns the group of that name, or {@code null}: asked when a consumer was found
   */
  void closeLeft(String group, Supplier<Group> now) {
    for (RingConsumer consumer : of(group)) {
      if (consumer.of() != now.get()) {
        consumer.close();
      }
    }
  }

  private synchronized List<RingConsumer> of(String group) {
    List<RingConsumer> all = new ArrayList<>(open.values());
    all.removeIf(consumer -> !consumer.group().equals(group));
    return all;
  }

  /**
   * The queue is closed: holds its memory for each consumer that may look at entries there, until
   * that is closed, or polls and hears of it.
   */
  void endWithQueue(SharedFile file) {
    List<RingConsumer> all;
    synchronized (this) {
      all = List.copyOf(open.values());
      all.forEach(consumer -> file.hold());
      isMemoryHeld = true;
    }
    all.forEach(RingConsumer::endWithQueue);
  }
}
