package io.gpumq.soak.bench;

import io.gpumq.soak.workload.Tally;
import java.util.Locale;

/**
 * What one track did with messages of one size.
 *
 * @param track {@code a} or {@code b}
 * @param device {@code cuda} or {@code host}
 * @param description the track's own words on what it ran on
 * @param payloadBytes bytes of each message
 * @param producers threads that sent
 * @param handler what was run on each message
 * @param sent messages of the throughput measurement
 * @param received of these, what consumers or the dead-letter queue got
 * @param messagesPerSecond from the first send to the last acknowledgement
 * @param latency from the time at which a message was to be sent to its arrival, at {@code rate}
 * @param rate messages a second at which the latency was measured
 * @param roundTrip send, poll and acknowledge of one message at a time
 * @param total every message of this queue, warm-up, latency and round trips included
 */
public record BenchResult(
    String track,
    String device,
    String description,
    int payloadBytes,
    int producers,
    String handler,
    long sent,
    long received,
    double messagesPerSecond,
    Percentiles latency,
    double rate,
    Percentiles roundTrip,
    Tally total) {
  /** Payload bytes a second. */
  public double bytesPerSecond() {
    return messagesPerSecond * payloadBytes;
  }

  /** The result in one line. */
  String brief() {
    return String.format(
        Locale.ROOT,
        "track %s, %d B: %,.0f msg/s; latency p50 %.1f µs; round trip p50 %.1f µs; %s",
        track,
        payloadBytes,
        messagesPerSecond,
        latency.p50(),
        roundTrip.p50(),
        total.clean() ? "verified" : total.verdict());
  }
}
