package io.gpumq.api;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * Says how long a queue keeps messages that every group has settled. What some group has not
 * settled stays in any case, until {@link MessageQueue#trim} or {@link MessageQueue#delete} takes
 * it. Immutable.
 *
 * <pre>
 *   Retention.untilTrimmed().messages(1_000_000).age(Duration.ofHours(1))
 * </pre>
 *
 * <p>In a queue that keeps messages for longer than they are wanted by groups, those count as
 * settled that no group waits for: without a group, all.
 *
 * @param until what ends the stay of a settled message
 * @param messages most that each queue keeps by choice, parted evenly among its lanes: as more
 *     arrive, the oldest go that are settled; 1 or more, or {@link QueueConfig#NO_LIMIT}
 * @param bytes of the store that the newest messages take and that stay, parted evenly among the
 *     lanes: what is older goes by whole segments, of up to a megabyte, as more arrives; 1 or more,
 *     or {@link QueueConfig#NO_LIMIT}
 * @param age after which a settled message goes, some tenths of a second or a 64th of it later; 1
 *     ms or more, or {@link #FOREVER}
 */
public record Retention(Until until, long messages, long bytes, Duration age) {
  /** Stands for no limit of {@link #age}. */
  public static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private static final Retention WHEN_SETTLED = of(Until.SETTLED);
  private static final Retention UNTIL_NEEDED = of(Until.NEEDED);
  private static final Retention UNTIL_TRIMMED = of(Until.TRIMMED);

  /** Names what ends the stay of a message. */
  public enum Until {
    /** It goes once every group has settled it. */
    SETTLED,
    /** It goes, if it is settled, when its room is wanted, by any queue of the track. */
    NEEDED,
    /** It goes by a limit, if it is settled, or by {@link MessageQueue#trim}. */
    TRIMMED
  }

  /**
   * Checks every value.
   *
   * @throws ConfigException if one is out of its range, or a limit stands where none can
   */
  public Retention {
    Objects.requireNonNull(until, "until");
    Objects.requireNonNull(age, "age");
    require(messages >= 1, "messages", messages, "1 or more");
    require(bytes >= 1, "bytes", bytes, "1 or more");
    require(age.compareTo(Duration.ofMillis(1)) >= 0, "age", age, "1 ms or more");
    boolean isLimited =
        messages != QueueConfig.NO_LIMIT || bytes != QueueConfig.NO_LIMIT || !age.equals(FOREVER);
    require(
        until == Until.TRIMMED || !isLimited,
        "until",
        until,
        "TRIMMED where there is a limit: only untilTrimmed() has some");
  }

  private static Retention of(Until until) {
    return new Retention(until, QueueConfig.NO_LIMIT, QueueConfig.NO_LIMIT, FOREVER);
  }

  private static void require(boolean legal, String what, Object given, String allowed) {
    if (!legal) {
      throw new ConfigException("retention " + what + " " + given + ": must be " + allowed);
    }
  }

  /** Returns that of queues for which none is said: nothing that is settled stays. */
  public static Retention whenSettled() {
    return WHEN_SETTLED;
  }

  /**
   * Returns one by which settled messages stay until their room is wanted: by this queue's own
   * limits, or, where the store is full, by any queue of the track. The oldest of all queues that
   * keep messages so go first, a segment at a time, or on Track A a thousand.
   */
  public static Retention untilNeeded() {
    return UNTIL_NEEDED;
  }

  /** Returns one by which messages stay until they are trimmed; with the limits that are added. */
  public static Retention untilTrimmed() {
    return UNTIL_TRIMMED;
  }

  /** Returns the same with a limit of {@link #messages()}. */
  public Retention messages(long most) {
    return new Retention(until, most, bytes, age);
  }

  /** Returns the same with a limit of {@link #bytes()}. */
  public Retention bytes(long most) {
    return new Retention(until, messages, most, age);
  }

  /** Returns the same with a limit of {@link #age()}. */
  public Retention age(Duration most) {
    return new Retention(until, messages, bytes, most);
  }
}
