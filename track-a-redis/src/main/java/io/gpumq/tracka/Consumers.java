package io.gpumq.tracka;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.spi.Steps;

/** Opens a queue's consumers, and sees to what they leave. Safe for use by many threads. */
final class Consumers {
  private final RedisQueue queue;
  private final RedisTrack track;
  private final Links links;
  private final Link admin; // guarded by the queue's monitor
  private final Groups groups; // guarded by the queue's monitor

  Consumers(RedisQueue queue, RedisTrack track, Links links, Link admin, Groups groups) {
    this.queue = queue;
    this.track = track;
    this.links = links;
    this.admin = admin;
    this.groups = groups;
  }

  /** Opens one in a group, which is made if need be. */
  Consumer open(String group, String name) {
    Link link = links.connect(); // first: where that is refused, no group is made
    try {
      return open(group, name, link);
    } catch (Throwable e) {
      Steps.undo(e, () -> links.release(link));
      throw e;
    }
  }

  private Consumer open(String group, String name, Link link) {
    synchronized (queue) {
      Group of = groups.get(group, GroupStart.OLDEST);
      if (of.consumers.containsKey(name)) {
        throw new ConfigException(
            "consumer name '"
                + name
                + "': is open in group "
                + group
                + "; choose another name, or close it (if its thread is gone, by"
                + " MessageQueue.closeConsumer)");
      }
      Handling handling = track.handling(queue.config());
      try {
        var consumer = new RedisConsumer(queue, of, name, link, handling);
        of.consumers.put(name, consumer);
        return consumer;
      } catch (Throwable e) {
        Steps.undo(e, handling::close);
        throw e;
      }
    }
  }

  /** Closes that of a name; returns whether there was one. */
  boolean close(Group group, String name) {
    RedisConsumer consumer = group == null ? null : group.consumers.get(name);
    if (consumer != null) {
      consumer.close();
    }
    return consumer != null;
  }

  /** Hands back all that a consumer holds: it is due at once. */
  void handBack(Group group, byte[] consumer) {
    synchronized (queue) {
      if (!group.removed) {
        admin.retry(
            () -> {
              new PendingList(admin, queue.stream(), group, queue.claimMs()).leave(consumer);
              return null;
            });
      }
    }
  }

  /** A consumer has ended. */
  void left(Group group, String consumer, Link link) {
    links.release(link);
    group.consumers.remove(consumer);
    queue.health().ring();
  }
}
