package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.trackb.delivery.Group;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The open consumers of a queue, by group and name. Safe for use by many threads. */
final class Consumers {
  /** Most queues have no more. */
  private static final int FEW = 1;

  /** By the group itself, since one of its name may have been removed before it. */
  private record Key(Group group, String name) {}

  /** As the numbers: made with the first, and gone with the last. Guarded by this object. */
  private Map<Key, QueueConsumer> open = Map.of();

  /**
   * The numbers of those that are open: each is another taker to its group. The smallest free one
   * goes to the next, since a group keeps a word for each number up to the highest.
   */
  private BitSet numbers;

  /**
   * Opens a consumer.
   *
   * @param maker is given the consumer's number; asked where {@link #endWithQueue} cannot come
   *     between
   * @throws ConfigException if one of that name is open in the group
   */
  synchronized QueueConsumer open(Group group, String name, IntFunction<QueueConsumer> maker) {
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
    int number = numbers == null ? 0 : numbers.nextClearBit(0);
    QueueConsumer consumer = maker.apply(number);
    if (numbers == null) {
      numbers = new BitSet();
      open = new HashMap<>(FEW);
    }
    numbers.set(number);
    open.put(key, consumer);
    return consumer;
  }

  /** Forgets a consumer that has ended. */
  synchronized void remove(QueueConsumer consumer) {
    if (numbers == null || !open.remove(new Key(consumer.of(0), consumer.name()), consumer)) {
      return;
    }
    numbers.clear(consumer.owner()); // its leases have ended before
    if (open.isEmpty()) {
      open = Map.of();
      numbers = null;
    }
  }

  /** Closes a consumer; returns whether there was one. */
  boolean close(String group, String name) {
    List<QueueConsumer> found = of(group);
    found.removeIf(consumer -> !consumer.name().equals(name));
    found.forEach(QueueConsumer::close);
    return !found.isEmpty();
  }

  /** Returns the names of a group's consumers, sorted. */
  List<String> names(String group) {
    return of(group).stream().map(QueueConsumer::name).sorted().toList();
  }

  /**
   * Closes the consumers that a removed group has left, not those of a later one of its name.
   *
   * @param now returns the group of that name, or {@code null}: asked when a consumer was found
   */
  void closeLeft(String group, Supplier<Group> now) {
    for (QueueConsumer consumer : of(group)) {
      if (consumer.of(0) != now.get()) {
        consumer.close();
      }
    }
  }

  private synchronized List<QueueConsumer> of(String group) {
    List<QueueConsumer> all = new ArrayList<>(open.values());
    all.removeIf(consumer -> !consumer.group().equals(group));
    return all;
  }

  /** The queue is closed: each consumer ends that has no entries out. */
  void endWithQueue() {
    List<QueueConsumer> all;
    synchronized (this) {
      all = List.copyOf(open.values());
    }
    all.forEach(QueueConsumer::endWithQueue);
  }
}
