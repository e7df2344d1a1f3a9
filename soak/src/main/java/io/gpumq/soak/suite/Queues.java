package io.gpumq.soak.suite;

import static io.gpumq.soak.suite.Aim.atLeast;
import static io.gpumq.soak.suite.Aim.atMost;
import static io.gpumq.soak.suite.Figure.BYTES_S;
import static io.gpumq.soak.suite.Figure.FILLED;
import static io.gpumq.soak.suite.Figure.HEAP_AND_PINNED_BYTES;
import static io.gpumq.soak.suite.Figure.HEAP_BYTES_EACH;
import static io.gpumq.soak.suite.Figure.MEAN_US;
import static io.gpumq.soak.suite.Figure.MORE_PINNED_BYTES;
import static io.gpumq.soak.suite.Figure.MSG_S;
import static io.gpumq.soak.suite.Figure.OF_FEW_PENDING;
import static io.gpumq.soak.suite.Figure.OF_ONE_QUEUE;
import static io.gpumq.soak.suite.Figure.P50_US;
import static io.gpumq.soak.suite.Figure.PINNED_BYTES;
import static io.gpumq.soak.suite.Figure.STORE_BYTES;
import static io.gpumq.soak.suite.Row.Kind.BACKLOG;
import static io.gpumq.soak.suite.Row.Kind.DRAIN;
import static io.gpumq.soak.suite.Row.Kind.EMPTY;
import static io.gpumq.soak.suite.Row.Kind.IN_TURN;
import static io.gpumq.soak.suite.Row.Kind.MIXED;
import static io.gpumq.soak.suite.Row.Kind.OPEN;
import static io.gpumq.soak.suite.Row.Kind.PENDING;
import static io.gpumq.soak.suite.Row.Kind.READ_ALONE;
import static io.gpumq.soak.suite.Row.Kind.SMALL;
import static io.gpumq.soak.suite.Row.Kind.THROUGHPUT;

import io.gpumq.soak.workload.Verification;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The suite {@code queues}: what thousands of queues cost, and how fast messages go through all of
 * them; what is read from the store alone; what stays pending. Every row and every knob.
 */
public final class Queues {
  /** What {@code --suite} calls it. */
  public static final String NAME = "queues";

  /** As in {@link Limit}. */
  private static final int MANY = 11;

  private static final int LONG = 65_536;
  private static final int MIB = 1 << 20;
  private static final int THOUSAND = 1000;
  private static final int MILLION = 1_000_000;
  private static final double M = 1e6;
  private static final double G = 1e9;

  /** Rates that are there with light verification, too. */
  private static final Set<Row.Kind> RATES = Set.of(THROUGHPUT, IN_TURN, MIXED, DRAIN);

  /**
   * The rates first, as in {@link Limit}; a million queues last, which leave most garbage.
   *
   * <p>Kind, queues, payload; producers, consumers, lanes, batch; limit; aims.
   */
  private static final List<Row> FULL =
      List.of(
          row(IN_TURN, 10 * THOUSAND, 256, 1, 4, 1, 64, LONG, atLeast(OF_ONE_QUEUE, 0.9)),
          row(IN_TURN, 10 * THOUSAND, 256, 1, 4, 1, 1, LONG, atLeast(OF_ONE_QUEUE, 0.6)),
          row(MIXED, THOUSAND, 1024, 4, MANY, 1, 64, LONG, atLeast(BYTES_S, 30 * G)),
          row(THROUGHPUT, 1, MIB, 4, 4, 4, 8, 1024, atLeast(BYTES_S, 35 * G)),
          row(DRAIN, 100 * THOUSAND, 256, 4, 4, 1, 10, LONG, atLeast(MSG_S, 10 * M)),
          row(READ_ALONE, 1, 448, 1, 1, 1, 1, LONG, atMost(P50_US, 4)),
          row(
              BACKLOG,
              1,
              256,
              4,
              MANY,
              4,
              1024,
              0,
              atMost(HEAP_AND_PINNED_BYTES, 256 * M),
              atLeast(FILLED, 1)),
          row(
              PENDING,
              2,
              32,
              1,
              1,
              1,
              1,
              10 * MILLION,
              atMost(HEAP_BYTES_EACH, 32),
              atMost(OF_FEW_PENDING, 1.05)),
          row(
              OPEN,
              10 * THOUSAND,
              256,
              1,
              1,
              1,
              1,
              LONG,
              atMost(MEAN_US, 5),
              atMost(PINNED_BYTES, 40 * M)),
          row(
              EMPTY,
              MILLION,
              256,
              1,
              1,
              1,
              1,
              LONG,
              atMost(HEAP_BYTES_EACH, 1024),
              atMost(STORE_BYTES, 0),
              atMost(MORE_PINNED_BYTES, 0)),
          row(
              SMALL,
              MILLION,
              256,
              4,
              4,
              1,
              10,
              LONG,
              atMost(HEAP_BYTES_EACH, 1536),
              atMost(STORE_BYTES, 6 * G)));

  /** Behind each rate the same with light verification. */
  private static final List<Row> ROWS =
      FULL.stream()
          .flatMap(row -> RATES.contains(row.kind()) ? Stream.of(row, row.light()) : Stream.of(row))
          .toList();

  private Queues() {}

  /** The rows, in the order in which they run. */
  public static List<Row> rows() {
    return ROWS;
  }

  private static Row row(
      Row.Kind kind,
      int queues,
      int payloadBytes,
      int producers,
      int mostConsumers,
      int lanes,
      int batch,
      int maxMessages,
      Aim... aims) {
    return new Row(
        kind,
        queues,
        payloadBytes,
        "echo",
        Verification.FULL,
        producers,
        mostConsumers,
        lanes,
        batch,
        maxMessages,
        0,
        false,
        List.of(aims));
  }
}
