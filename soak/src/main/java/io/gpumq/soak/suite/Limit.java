package io.gpumq.soak.suite;

import static io.gpumq.soak.suite.Aim.atLeast;
import static io.gpumq.soak.suite.Aim.atMost;
import static io.gpumq.soak.suite.Figure.BEYOND_GUARD_US;
import static io.gpumq.soak.suite.Figure.BYTES_S;
import static io.gpumq.soak.suite.Figure.FILLED;
import static io.gpumq.soak.suite.Figure.HEAP_BYTES_MSG;
import static io.gpumq.soak.suite.Figure.MSG_S;
import static io.gpumq.soak.suite.Figure.OF_ONE_QUEUE;
import static io.gpumq.soak.suite.Figure.P50_MS;
import static io.gpumq.soak.suite.Figure.P50_US;
import static io.gpumq.soak.suite.Figure.P999_US;
import static io.gpumq.soak.suite.Figure.P99_US;
import static io.gpumq.soak.suite.Row.Kind.BACKLOG;
import static io.gpumq.soak.suite.Row.Kind.HEAP;
import static io.gpumq.soak.suite.Row.Kind.OPEN_LOOP;
import static io.gpumq.soak.suite.Row.Kind.QUEUES;
import static io.gpumq.soak.suite.Row.Kind.ROUND_TRIP;
import static io.gpumq.soak.suite.Row.Kind.START;
import static io.gpumq.soak.suite.Row.Kind.THROUGHPUT;

import io.gpumq.soak.workload.Verification;
import java.util.List;
import java.util.stream.Stream;

/** The suite {@code limit}: every row and every knob, for tuning in one place. */
public final class Limit {
  /** What {@code --suite} calls it. */
  public static final String NAME = "limit";

  private static final boolean BESIDE = true;
  private static final boolean ALONE = false;

  /** Consumers that leave 16 cores room for four producers; the machine may have fewer. */
  private static final int MANY = 11;

  /** Slots of the queues: of messages one at a time, and of all others. */
  private static final int SHORT = 1024;

  private static final int LONG = 65_536;

  private static final double M = 1e6;
  private static final double G = 1e9;

  private static final Aim[] QUICK = {p50(2.5), p99(4), atMost(P999_US, 15)};
  private static final Aim[] STEADY = {p50(15), p99(60), atMost(BEYOND_GUARD_US, 1000)};

  /**
   * The rates first: code that was compiled for one message at a time carries half as many. The
   * open loop behind both, so that nothing is compiled anew while it is timed.
   *
   * <p>Kind, payload, handler; producers, consumers, lanes, batch; limit, rate, beside Track A;
   * aims.
   */
  private static final List<Row> FULL =
      List.of(
          row(THROUGHPUT, 256, "echo", 1, 4, 1, 512, LONG, 0, BESIDE, rate(35 * M)),
          row(THROUGHPUT, 64, "echo", 4, 10, 4, 2048, LONG, 0, ALONE, rate(150 * M)),
          row(THROUGHPUT, 256, "echo", 4, MANY, 4, 1024, LONG, 0, BESIDE, rate(70 * M)),
          row(THROUGHPUT, 1024, "echo", 4, 8, 4, 256, LONG, 0, ALONE, bytes(25 * G)),
          row(THROUGHPUT, 4096, "echo", 4, 8, 4, 256, LONG, 0, ALONE, bytes(30 * G)),
          row(THROUGHPUT, 256, "crc32c", 4, MANY, 4, 512, LONG, 0, ALONE, rate(60 * M)),
          row(THROUGHPUT, 256, "sha256", 4, MANY, 4, 512, LONG, 0, ALONE, rate(60 * M)),
          row(ROUND_TRIP, 64, "echo", 1, 1, 1, 1, SHORT, 0, BESIDE, QUICK),
          row(ROUND_TRIP, 256, "echo", 1, 1, 1, 1, SHORT, 0, BESIDE, QUICK),
          row(ROUND_TRIP, 448, "echo", 1, 1, 1, 1, SHORT, 0, BESIDE, QUICK),
          row(ROUND_TRIP, 1024, "echo", 1, 1, 1, 1, SHORT, 0, BESIDE, p50(4)),
          row(ROUND_TRIP, 4096, "echo", 1, 1, 1, 1, SHORT, 0, BESIDE, p50(8)),
          row(OPEN_LOOP, 256, "echo", 2, 2, 2, 256, LONG, 10 * M, ALONE, STEADY),
          row(BACKLOG, 0, "echo", 4, MANY, 1, 64, 0, 0, ALONE, atLeast(FILLED, 1)),
          row(START, 64, "echo", 1, 1, 1, 1, SHORT, 0, ALONE, atMost(P50_MS, 1000)),
          // One consumer sees each producer's messages without a gap, so that its verifier has
          // nothing to note: what is allocated here is allocated by the queue.
          row(HEAP, 256, "echo", 1, 1, 1, 256, LONG, 0, ALONE, atMost(HEAP_BYTES_MSG, 0.01)),
          row(HEAP, 256, "echo", 4, 1, 4, 256, LONG, 0, ALONE, atMost(HEAP_BYTES_MSG, 0.01)),
          // Producers, consumers and lanes are those of each queue here.
          row(QUEUES, 256, "echo", 1, 1, 1, 256, LONG, 0, ALONE, atLeast(OF_ONE_QUEUE, 0.9)));

  /** Behind each rate the same with light verification, so that the two can be compared. */
  private static final List<Row> ROWS =
      FULL.stream()
          .flatMap(row -> row.kind() == THROUGHPUT ? Stream.of(row, row.light()) : Stream.of(row))
          .toList();

  private Limit() {}

  /** The rows, in the order in which they run. */
  public static List<Row> rows() {
    return ROWS;
  }

  private static Row row(
      Row.Kind kind,
      int payloadBytes,
      String handler,
      int producers,
      int mostConsumers,
      int lanes,
      int batch,
      int maxMessages,
      double rate,
      boolean beside,
      Aim... aims) {
    return new Row(
        kind,
        kind == QUEUES ? 0 : 1,
        payloadBytes,
        handler,
        Verification.FULL,
        producers,
        mostConsumers,
        lanes,
        batch,
        maxMessages,
        rate,
        beside,
        List.of(aims));
  }

  private static Aim p50(double micros) {
    return atMost(P50_US, micros);
  }

  private static Aim p99(double micros) {
    return atMost(P99_US, micros);
  }

  private static Aim rate(double messagesPerSecond) {
    return atLeast(MSG_S, messagesPerSecond);
  }

  private static Aim bytes(double perSecond) {
    return atLeast(BYTES_S, perSecond);
  }
}
