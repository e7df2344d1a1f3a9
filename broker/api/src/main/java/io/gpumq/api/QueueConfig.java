package io.gpumq.api;

import java.time.Duration;
import java.util.Objects;

/**
 * Says how a queue is built. Made by {@link #named}. Immutable.
 *
 * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
 * @param capacity most messages kept at once; a power of two, 2 to 2^27
 * @param slotBytes largest payload in bytes; a multiple of 16, 64 to 65,536
 * @param handler what is run on each message: {@code echo}, {@code crc32c}, {@code sha256}, or
 *     {@code fail:...}
 * @param lease how long a delivered entry stays with its consumer; 1 ms to 1 day
 * @param maxDeliveries deliveries to one group before an entry is given up; 1 to 1,000
 * @param handlerAttempts runs of the handler before a message is given up; 1 to 15
 * @param deadLetterCapacity most letters kept; 1 to 1,000,000
 * @param handlerTimeout how long the oldest published message may stay without being completed, all
 *     runs of its handler included; 10 ms to 1 day. After that its handler counts as hanging: the
 *     queue fails with {@link TrackFailedException}, as do those that share a ring with it, or,
 *     where handlers run in a process of their own, that process is replaced. Track A has no use
 *     for it: its handlers run within the poll. One that never returns keeps that poll, however
 *     long it was to wait; its consumer and the queue can be closed by other threads. On a GPU it
 *     keeps a close of the track, too; on the device {@code host} that close leaves it behind
 * @param lanes parts of the queue, each of {@code capacity / lanes} messages; a power of two, 1 to
 *     16, at most half of the capacity. Lanes work side by side, and each message goes through one:
 *     {@link MessageQueue} says which order holds. Track A has no use for them: it has one stream
 * @param strictOrder whether the order of a lane holds for redeliveries, too ({@link
 *     MessageQueue}). A group has one batch of a lane out at a time then, and gets the next when
 *     that is settled. Otherwise consumers of one group work on a lane side by side, and what comes
 *     again comes after what was handed out meanwhile
 */
public record QueueConfig(
    String name,
    int capacity,
    int slotBytes,
    String handler,
    Duration lease,
    int maxDeliveries,
    int handlerAttempts,
    int deadLetterCapacity,
    Duration handlerTimeout,
    int lanes,
    boolean strictOrder) {
  /** Bounds {@link #capacity}, in messages. */
  public static final int MAX_CAPACITY = 1 << 27;

  /** Bounds {@link #slotBytes}, in bytes. */
  public static final int MAX_SLOT_BYTES = 65_536;

  /** Bounds {@link #handlerAttempts}: the completion word has room for so many. */
  public static final int MAX_HANDLER_ATTEMPTS = 15;

  /** Bounds {@link #lanes}. */
  public static final int MAX_LANES = 16;

  /**
   * Checks every value.
   *
   * @throws ConfigException if one is out of its range
   * @throws NullPointerException if one is {@code null}
   */
  public QueueConfig {
    Names.require("queue name", name);
    Objects.requireNonNull(handler, "handler");
    Objects.requireNonNull(lease, "lease");
    Objects.requireNonNull(handlerTimeout, "handlerTimeout");
    require(
        capacity >= 2 && capacity <= MAX_CAPACITY && Integer.bitCount(capacity) == 1,
        "capacity " + capacity + ": must be a power of two between 2 and " + MAX_CAPACITY);
    require(
        slotBytes >= 64 && slotBytes <= MAX_SLOT_BYTES && slotBytes % 16 == 0,
        "slot-bytes " + slotBytes + ": must be a multiple of 16 between 64 and " + MAX_SLOT_BYTES);
    require(
        lease.compareTo(Duration.ofMillis(1)) >= 0 && lease.compareTo(Duration.ofDays(1)) <= 0,
        "lease " + lease + ": must be between 1 ms and 1 day");
    require(
        maxDeliveries >= 1 && maxDeliveries <= 1000,
        "max-deliveries " + maxDeliveries + ": must be between 1 and 1000");
    require(
        handlerAttempts >= 1 && handlerAttempts <= MAX_HANDLER_ATTEMPTS,
        "handler-attempts " + handlerAttempts + ": must be between 1 and " + MAX_HANDLER_ATTEMPTS);
    require(
        deadLetterCapacity >= 1 && deadLetterCapacity <= 1_000_000,
        "dead-letter-capacity " + deadLetterCapacity + ": must be between 1 and 1000000");
    require(
        handlerTimeout.compareTo(Duration.ofMillis(10)) >= 0
            && handlerTimeout.compareTo(Duration.ofDays(1)) <= 0,
        "handler-timeout " + handlerTimeout + ": must be between 10 ms and 1 day");
    require(
        lanes >= 1 && lanes <= MAX_LANES && Integer.bitCount(lanes) == 1 && lanes <= capacity / 2,
        "lanes "
            + lanes
            + ": must be a power of two between 1 and "
            + Math.min(MAX_LANES, capacity / 2)
            + ", at most half of the capacity");
  }

  private static void require(boolean legal, String message) {
    if (!legal) {
      throw new ConfigException(message);
    }
  }

  /**
   * Begins a configuration: 65,536 messages of 256 bytes, one lane, no strict order, {@code echo},
   * a lease of 30 s, 5 deliveries, 3 attempts and 10 s of the handler, 10,000 dead letters.
   *
   * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}, looked at by {@link Builder#build}
   */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /**
   * Builds a {@link QueueConfig}. Each method is named after the field that it sets, and returns
   * this builder. For one thread at a time.
   */
  public static final class Builder {
    private final String name;
    private int capacity = 65_536;
    private int slotBytes = 256;
    private String handler = "echo";
    private Duration lease = Duration.ofSeconds(30);
    private int maxDeliveries = 5;
    private int handlerAttempts = 3;
    private int deadLetterCapacity = 10_000;
    private Duration handlerTimeout = Duration.ofSeconds(10);
    private int lanes = 1;
    private boolean strictOrder;

    private Builder(String name) {
      this.name = name;
    }

    /** Sets {@link QueueConfig#capacity()}, in messages; 65,536 if it is not called. */
    public Builder capacity(int slots) {
      this.capacity = slots;
      return this;
    }

    /** Sets {@link QueueConfig#slotBytes()}, in bytes; 256 if it is not called. */
    public Builder slotBytes(int bytes) {
      this.slotBytes = bytes;
      return this;
    }

    /** Sets {@link QueueConfig#handler()}; {@code echo} if it is not called. */
    public Builder handler(String spec) {
      this.handler = spec;
      return this;
    }

    /** Sets {@link QueueConfig#lease()}; 30 s if it is not called. */
    public Builder lease(Duration duration) {
      this.lease = duration;
      return this;
    }

    /** Sets {@link QueueConfig#maxDeliveries()}; 5 if it is not called. */
    public Builder maxDeliveries(int deliveries) {
      this.maxDeliveries = deliveries;
      return this;
    }

    /** Sets {@link QueueConfig#handlerAttempts()}; 3 if it is not called. */
    public Builder handlerAttempts(int attempts) {
      this.handlerAttempts = attempts;
      return this;
    }

    /** Sets {@link QueueConfig#deadLetterCapacity()}; 10,000 if it is not called. */
    public Builder deadLetterCapacity(int letters) {
      this.deadLetterCapacity = letters;
      return this;
    }

    /** Sets {@link QueueConfig#handlerTimeout()}; 10 s if it is not called. */
    public Builder handlerTimeout(Duration duration) {
      this.handlerTimeout = duration;
      return this;
    }

    /** Sets {@link QueueConfig#lanes()}; 1 if it is not called. */
    public Builder lanes(int rings) {
      this.lanes = rings;
      return this;
    }

    /** Sets {@link QueueConfig#strictOrder()}; {@code false} if it is not called. */
    public Builder strictOrder(boolean strict) {
      this.strictOrder = strict;
      return this;
    }

    /**
     * Returns the configuration.
     *
     * @throws ConfigException if a value is out of its range
     */
    public QueueConfig build() {
      return new QueueConfig(
          name,
          capacity,
          slotBytes,
          handler,
          lease,
          maxDeliveries,
          handlerAttempts,
          deadLetterCapacity,
          handlerTimeout,
          lanes,
          strictOrder);
    }
  }
}
