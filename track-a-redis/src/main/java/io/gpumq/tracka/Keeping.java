package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.TIME;

import io.gpumq.api.QueueConfig;
import io.gpumq.api.Retention;
import io.gpumq.api.Retention.Until;
import java.time.Duration;
import java.util.List;

/** Says how much goes of what every group has settled, by a queue's {@link Retention}. */
final class Keeping {
  private static final int MOST_PER_TRIM = 16_384;

  private final Retention retention;
  private final long most;

  /**
   * @param most messages that the queue may keep
   */
  Keeping(Retention retention, long most) {
    this.retention = retention;
    this.most = most;
  }

  /** Whether anything stays that every group has settled. */
  boolean keepsSettled() {
    return retention.until() != Until.SETTLED;
  }

  /** Whether what is settled stays until its room is needed. */
  boolean isUntilNeeded() {
    return retention.until() == Until.NEEDED;
  }

  /** Whether there is a number of messages above which the oldest go. */
  boolean isCounting() {
    return retention.messages() != QueueConfig.NO_LIMIT;
  }

  /** Whether messages go by their age. */
  boolean isAging() {
    return !retention.age().equals(Retention.FOREVER);
  }

  /** After which time messages go. */
  Duration age() {
    return retention.age();
  }

  /** Of how many settled messages, or messages that arrived, a trim is worth its commands. */
  int enoughForTrim() {
    long eighth = Math.min(most, retention.messages()) / 8;
    return (int) Math.max(1, Math.min(eighth, MOST_PER_TRIM));
  }

  /** How many go at once where room is needed, so that few trims do for many messages. */
  int enoughForRoom() {
    return isUntilNeeded() ? enoughForTrim() : 0;
  }

  /**
   * Returns the sequence below which nothing stays.
   *
   * @param settled all below it are settled by every group
   * @param wanted how many are to go, of those that stay until their room is needed
   */
  long below(Walk walk, long settled, int wanted) {
    return switch (retention.until()) {
      case SETTLED -> settled;
      case NEEDED -> walk.behindOldest(wanted, settled);
      case TRIMMED -> Math.min(settled, Math.max(byCount(walk, settled), byAge(walk.link())));
    };
  }

  private long byCount(Walk walk, long settled) {
    long beyond = isCounting() ? walk.length() - retention.messages() : 0;
    return beyond > 0 ? walk.behindOldest(beyond, settled) : 0;
  }

  private long byAge(Link link) {
    return isAging() ? sentSince(link, retention.age()) : 0;
  }

  /** Returns the first sequence that a message can have which was sent so lately. */
  static long sentSince(Link link, Duration age) {
    return Ids.firstAt(redisMillis(link) - Args.millisUp(age));
  }

  /** The time on the clock that made the IDs; ours may go before it or after. */
  static long redisMillis(Link link) {
    List<?> time = link.retry(() -> (List<?>) link.call(TIME));
    long seconds = Long.parseLong(Args.text(time.get(0)));
    return 1_000 * seconds + Long.parseLong(Args.text(time.get(1))) / 1_000;
  }
}
