package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Group;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Groups by name, in the order in which they were made. Who goes through all of them does so with
 * each acknowledgement: so they lie in an array, too, through which one goes without an iterator.
 * For the holder of a lock.
 */
final class GroupTable {
  private final Map<String, Group> byName = new LinkedHashMap<>(1); // mostly
  private Group[] all = {};

  /** Returns the group of that name, or {@code null}. */
  Group get(String name) {
    return byName.get(name);
  }

  void put(String name, Group group) {
    byName.put(name, group);
    all = byName.values().toArray(Group[]::new);
  }

  void remove(String name) {
    byName.remove(name);
    all = byName.values().toArray(Group[]::new);
  }

  boolean isEmpty() {
    return all.length == 0;
  }

  /** All of them; nobody writes to it. */
  Group[] all() {
    return all;
  }

  void forEach(Consumer<Group> action) {
    for (Group group : all) {
      action.accept(group);
    }
  }

  Set<String> names() {
    return byName.keySet();
  }
}
