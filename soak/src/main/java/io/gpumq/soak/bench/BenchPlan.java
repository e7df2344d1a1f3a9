package io.gpumq.soak.bench;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.soak.workload.Message;
import io.gpumq.soak.workload.Verification;
import java.time.Duration;
import java.util.List;

/**
 * What a bench is to do. Immutable.
 *
 * @param tracks names of the tracks, in the order of their runs
 * @param payloads sizes of the payloads in bytes, each {@link Message#MIN_BYTES} to {@link
 *     QueueConfig#MAX_PAYLOAD_BYTES}
 * @param producers threads that send, 1 to 64
 * @param consumers threads that receive, members of one group, 1 to 64
 * @param batch most messages in one send and in one poll, 1 to 65,536
 * @param handler as in {@link QueueConfig#handler()}
 * @param verification how much of each message is written and checked
 * @param messages to measure the throughput over, or {@link #UNLIMITED}
 * @param messagesWithin longest time for the throughput measurement
 * @param rate messages a second of the latency stage, over all producers
 * @param duration of the latency measurement; round trips take half of it
 * @param warmup before each measurement; four times as long before a track's first
 * @param maxMessages of the queue
 * @param lanes of the queue
 * @param strictOrder as in {@link QueueConfig#strictOrder()}
 * @param seed of the bodies
 * @param patience without any progress before what is missing counts as lost
 */
public record BenchPlan(
    List<String> tracks,
    List<Integer> payloads,
    int producers,
    int consumers,
    int batch,
    String handler,
    Verification verification,
    long messages,
    Duration messagesWithin,
    double rate,
    Duration duration,
    Duration warmup,
    long maxMessages,
    int lanes,
    boolean strictOrder,
    long seed,
    Duration patience) {
  /** Value of {@link #messages}: the duration alone ends the measurement. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** Longest {@link #duration} and {@link #warmup}. */
  public static final Duration LONGEST = Duration.ofDays(7);

  /**
   * Checks every value.
   *
   * @throws ConfigException names the first that is out of its range
   */
  public BenchPlan {
    tracks = List.copyOf(tracks);
    payloads = List.copyOf(payloads);
    require(!tracks.isEmpty(), "track: none given");
    require(!payloads.isEmpty(), "payload: no size given");
    for (int bytes : payloads) {
      range("payload", bytes, Message.MIN_BYTES, QueueConfig.MAX_PAYLOAD_BYTES);
    }
    range("producers", producers, 1, 64);
    range("consumers", consumers, 1, 64);
    range("batch", batch, 1, 65_536);
    range("messages", messages, 1, UNLIMITED);
    require(
        rate >= 1 && rate <= 1e8, "rate " + rate + ": must be between 1 and 100000000 a second");
    requireTimes(messagesWithin, warmup);
    requireTimes(duration, warmup);
    // The queue checks maxMessages and handler in full; here, before anything is started.
    queue("check", payloads.get(0), maxMessages, lanes, strictOrder, handler);
  }

  /** The configuration of the queue that carries messages of {@code payloadBytes}. */
  QueueConfig queue(String name, int payloadBytes) {
    return queue(name, payloadBytes, maxMessages, lanes, strictOrder, handler);
  }

  private static QueueConfig queue(
      String name,
      int payloadBytes,
      long maxMessages,
      int lanes,
      boolean strictOrder,
      String handler) {
    return QueueConfig.named(name)
        .maxMessages(maxMessages)
        .lanes(lanes)
        .strictOrder(strictOrder)
        .maxPayloadBytes(payloadBytes)
        .handler(handler)
        // Longer than any pause: a lease that runs out would count as a duplicate.
        .lease(Duration.ofMinutes(10))
        .build();
  }

  /**
   * Checks the times of a measurement.
   *
   * @throws ConfigException names the one that is out of its range
   */
  public static void requireTimes(Duration duration, Duration warmup) {
    require(
        duration.compareTo(Duration.ofMillis(1)) >= 0 && duration.compareTo(LONGEST) <= 0,
        "duration " + duration + ": must be between 1 ms and 7 days");
    require(
        !warmup.isNegative() && warmup.compareTo(LONGEST) <= 0,
        "warmup " + warmup + ": must be between 0 and 7 days");
  }

  private static void range(String name, long value, long min, long max) {
    require(
        value >= min && value <= max,
        name + " " + value + ": must be between " + min + " and " + max);
  }

  private static void require(boolean legal, String message) {
    if (!legal) {
      throw new ConfigException(message);
    }
  }
}
