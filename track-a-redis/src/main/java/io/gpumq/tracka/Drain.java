package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XPENDING;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Closing;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The wait of a queue that closes, until every group has settled all that was sent. */
final class Drain {
  private static final long DRAIN_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final RedisQueue queue;
  private final Link admin; // guarded by the queue's monitor
  private final Map<String, Group> byName;

  Drain(RedisQueue queue, Link admin, Map<String, Group> byName) {
    this.queue = queue;
    this.admin = admin;
    this.byName = byName;
  }

  /** Waits until all is settled, or the time for it is over; returns which. */
  boolean await(Closing by) {
    try {
      while (true) {
        long heard = queue.health().rings();
        if (isDrained()) {
          return true;
        }
        if (by.isOver()) {
          return false;
        }
        queue.health().await(heard, DRAIN_LOOK_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closes at once
      return false;
    } catch (TrackFailedException e) {
      return false;
    }
  }

  private boolean isDrained() {
    queue.health().requireOpen();
    boolean isForLater = byName.isEmpty() && !queue.trimmer().keeping().keepsSettled();
    if (queue.room().underway() > 0 || (isForLater && queue.room().sent() > 0)) {
      return false;
    }
    synchronized (queue) {
      boolean all =
          byName.values().stream().allMatch(group -> admin.retry(() -> hasSettledAll(group)));
      return all && queue.settling() == 0;
    }
  }

  /** As Redis has it: a message that was given up for all groups is read by none. */
  private boolean hasSettledAll(Group group) {
    byte[] next = Ids.idAfter(group.lastRead());
    var unread =
        (List<?>) admin.call(XRANGE, queue.stream(), next, Args.LAST, Args.COUNT, Args.ONE);
    return unread.isEmpty()
        && (Long) ((List<?>) admin.call(XPENDING, queue.stream(), group.key)).get(0) == 0;
  }
}
