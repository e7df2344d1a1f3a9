package io.gpumq.api;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Says how a queue is built. Made by {@link #named}. Immutable.
 *
 * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
 * @param maxMessages most messages kept at once, 1 or more, parted evenly among the lanes; {@link
 *     #NO_LIMIT} leaves it to the memory. Nothing is taken for them before they are sent
 * @param maxPayloadBytes largest payload in bytes; 0 to 16,777,216
 * @param maxBytes most bytes of the track's store that the queue holds, in whole kilobytes with all
 *     that lies beside payloads; {@link #NO_LIMIT}, or room for a message of the largest payload in
 *     each lane. Track A keeps no such count: it refuses any other than {@link #NO_LIMIT}
 * @param minBytes of the store that are kept free for the queue, whatever others hold; 0 to {@code
 *     maxBytes}. Track A refuses any but 0
 * @param handler what is run on each message: {@code echo}, {@code crc32c}, {@code sha256}, or
 *     {@code fail:...}; all but {@code echo} in the order of keys, too, as in {@code
 *     sha256:order=key}, which Track A refuses
 * @param lease how long a delivered entry stays with its consumer; 1 ms to 1 day
 * @param maxDeliveries deliveries to one group before an entry is given up; 1 to 1,000
 * @param handlerAttempts runs of the handler before a message is given up; 1 to 15
 * @param deadLetters the queue of the same track that keeps what this one gives up, its dead
 *     letters; a legal name. Several queues may name the same. One that names itself {@link
 *     #keepsLetters() keeps letters}
 * @param maxDeadLetters most letters that the queue above keeps, where this one opens it; 1 to
 *     1,000,000
 * @param handlerTimeout how long the oldest published message may stay without being completed, all
 *     runs of its handler included; 10 ms to 1 day. After that its handler counts as hanging: the
 *     queue fails with {@link TrackFailedException}, as do those that share a ring with it, or,
 *     where handlers run in a process of their own, that process is replaced. Track A has no use
 *     for it: its handlers run within the poll. One that never returns keeps that poll, however
 *     long it was to wait; its consumer and the queue can be closed by other threads. On a GPU it
 *     keeps a close of the track, too; on the device {@code host} that close leaves it behind
 * @param lanes parts of the queue, each of its share of {@code maxMessages}; a power of two, 1 to
 *     16, at most one for each message. Lanes work side by side, and each message goes through one:
 *     {@link MessageQueue} says which order holds. Track A has no use for them: it has one stream
 * @param strictOrder whether the order of a lane holds for redeliveries, too ({@link
 *     MessageQueue}). A group has one batch of a lane out at a time then, and gets the next when
 *     that is settled. Otherwise consumers of one group work on a lane side by side, and what comes
 *     again comes after what was handed out meanwhile
 * @param retention how long messages stay that every group has settled. Track A, which does not
 *     count bytes, refuses a limit of {@link Retention#bytes()}
 */
public record QueueConfig(
    String name,
    long maxMessages,
    int maxPayloadBytes,
    long maxBytes,
    long minBytes,
    String handler,
    Duration lease,
    int maxDeliveries,
    int handlerAttempts,
    String deadLetters,
    int maxDeadLetters,
    Duration handlerTimeout,
    int lanes,
    boolean strictOrder,
    Retention retention) {
  private static final String ECHO = "echo";

  /** Stands for no limit of {@link #maxMessages} or {@link #maxBytes}: as much as there is. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  /** Bounds {@link #maxPayloadBytes}, in bytes. */
  public static final int MAX_PAYLOAD_BYTES = 16 << 20;

  /** Bounds {@link #handlerAttempts}: the completion word has room for so many. */
  public static final int MAX_HANDLER_ATTEMPTS = 15;

  /** Bounds {@link #lanes}. */
  public static final int MAX_LANES = 16;

  private static final Duration LEAST_LEASE = Duration.ofMillis(1);
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(10);
  private static final Duration DAY = Duration.ofDays(1);

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
    Objects.requireNonNull(retention, "retention");
    require(maxMessages >= 1, () -> "max-messages " + maxMessages + ": must be 1 or more");
    between("max-payload-bytes", maxPayloadBytes, 0, MAX_PAYLOAD_BYTES);
    require(maxBytes >= 1, () -> "max-bytes " + maxBytes + ": must be 1 or more");
    require(
        minBytes >= 0 && minBytes <= maxBytes,
        () -> "min-bytes " + minBytes + ": must be between 0 and max-bytes, " + maxBytes);
    require(
        lease.compareTo(LEAST_LEASE) >= 0 && lease.compareTo(DAY) <= 0,
        () -> "lease " + lease + ": must be between 1 ms and 1 day");
    between("max-deliveries", maxDeliveries, 1, 1000);
    between("handler-attempts", handlerAttempts, 1, MAX_HANDLER_ATTEMPTS);
    Names.require("dead-letters", deadLetters);
    require(
        !deadLetters.equals(name) || handler.equals(ECHO),
        () -> "handler '" + handler + "': must be echo in a queue that keeps dead letters");
    between("max-dead-letters", maxDeadLetters, 1, 1_000_000);
    require(
        handlerTimeout.compareTo(LEAST_TIMEOUT) >= 0 && handlerTimeout.compareTo(DAY) <= 0,
        () -> "handler-timeout " + handlerTimeout + ": must be between 10 ms and 1 day");
    require(
        lanes >= 1 && lanes <= MAX_LANES && Integer.bitCount(lanes) == 1 && lanes <= maxMessages,
        () ->
            "lanes "
                + lanes
                + ": must be a power of two between 1 and "
                + Math.min(MAX_LANES, maxMessages)
                + ", and not more than max-messages");
  }

  /**
   * Returns whether this queue names itself as its dead letters. It takes those of others then, and
   * nothing by producers. It gives nothing up: what nobody acknowledges comes again, however often
   * it was delivered.
   */
  public boolean keepsLetters() {
    return deadLetters.equals(name);
  }

  /** Returns how the queue of this one's dead letters is built where nobody has opened it. */
  public QueueConfig ofDeadLetters() {
    return named(deadLetters)
        .deadLetters(deadLetters)
        .maxMessages(maxDeadLetters)
        .maxPayloadBytes(maxPayloadBytes)
        .lease(lease)
        .build();
  }

  private static void between(String what, int given, int least, int most) {
    require(
        given >= least && given <= most,
        () -> what + " " + given + ": must be between " + least + " and " + most);
  }

  /** The message is made only where it is needed: queues are opened by the million. */
  private static void require(boolean legal, Supplier<String> message) {
    if (!legal) {
      throw new ConfigException(message.get());
    }
  }

  /**
   * Begins a configuration: any number of messages of up to 512 bytes, no limit in bytes and none
   * reserved, one lane, no strict order, nothing kept that is settled, {@code echo}, a lease of 30
   * s, 5 deliveries, 3 attempts and 10 s of the handler, 10,000 dead letters in a queue named after
   * this one.
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
    private static final String DEAD_SUFFIX = ".dead";

    /** A longer name is cut: queues may share their dead letters, and each says whose it is. */
    private static final int LONGEST_STEM = 64 - DEAD_SUFFIX.length();

    private static final Duration LEASE = Duration.ofSeconds(30); // one for all queues
    private static final Duration HANDLER_TIMEOUT = Duration.ofSeconds(10);

    private final String name;
    private long maxMessages = NO_LIMIT;
    private int maxPayloadBytes = 512;
    private long maxBytes = NO_LIMIT;
    private long minBytes;
    private String handler = ECHO;
    private Duration lease = LEASE;
    private int maxDeliveries = 5;
    private int handlerAttempts = 3;
    private String deadLetters;
    private int maxDeadLetters = 10_000;
    private Duration handlerTimeout = HANDLER_TIMEOUT;
    private int lanes = 1;
    private boolean strictOrder;
    private Retention retention = Retention.whenSettled();

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
      deadLetters = name.substring(0, Math.min(name.length(), LONGEST_STEM)) + DEAD_SUFFIX;
    }

    /** Sets {@link QueueConfig#maxMessages()}; {@link #NO_LIMIT} if it is not called. */
    public Builder maxMessages(long messages) {
      this.maxMessages = messages;
      return this;
    }

    /** Sets {@link QueueConfig#maxPayloadBytes()}, in bytes; 512 if it is not called. */
    public Builder maxPayloadBytes(int bytes) {
      this.maxPayloadBytes = bytes;
      return this;
    }

    /** Sets {@link QueueConfig#maxBytes()}; {@link #NO_LIMIT} if it is not called. */
    public Builder maxBytes(long bytes) {
      this.maxBytes = bytes;
      return this;
    }

    /** Sets {@link QueueConfig#minBytes()}; 0 if it is not called. */
    public Builder minBytes(long bytes) {
      this.minBytes = bytes;
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

    /**
     * Sets {@link QueueConfig#deadLetters()}; if it is not called, the first 59 characters of the
     * name, and {@code .dead}.
     */
    public Builder deadLetters(String queue) {
      this.deadLetters = queue;
      return this;
    }

    /** Sets {@link QueueConfig#maxDeadLetters()}; 10,000 if it is not called. */
    public Builder maxDeadLetters(int letters) {
      this.maxDeadLetters = letters;
      return this;
    }

    /** Sets {@link QueueConfig#handlerTimeout()}; 10 s if it is not called. */
    public Builder handlerTimeout(Duration duration) {
      this.handlerTimeout = duration;
      return this;
    }

    /** Sets {@link QueueConfig#lanes()}; 1 if it is not called. */
    public Builder lanes(int parts) {
      this.lanes = parts;
      return this;
    }

    /** Sets {@link QueueConfig#strictOrder()}; {@code false} if it is not called. */
    public Builder strictOrder(boolean strict) {
      this.strictOrder = strict;
      return this;
    }

    /** Sets {@link QueueConfig#retention()}; {@link Retention#whenSettled()} if not called. */
    public Builder retention(Retention policy) {
      this.retention = policy;
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
          maxMessages,
          maxPayloadBytes,
          maxBytes,
          minBytes,
          handler,
          lease,
          maxDeliveries,
          handlerAttempts,
          deadLetters,
          maxDeadLetters,
          handlerTimeout,
          lanes,
          strictOrder,
          retention);
    }
  }
}
