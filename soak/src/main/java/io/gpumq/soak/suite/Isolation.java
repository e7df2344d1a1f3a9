package io.gpumq.soak.suite;

import static io.gpumq.soak.suite.Aim.atLeast;
import static io.gpumq.soak.suite.Aim.atMost;
import static io.gpumq.soak.suite.Figure.P50_MS;
import static io.gpumq.soak.suite.Figure.P50_OF_IN_PROCESS;
import static io.gpumq.soak.suite.Figure.RATE_OF_IN_PROCESS;
import static io.gpumq.soak.suite.Row.Kind.FAULT;
import static io.gpumq.soak.suite.Row.Kind.FAULT_ALONE;
import static io.gpumq.soak.suite.Row.Kind.ISOLATED_RATE;
import static io.gpumq.soak.suite.Row.Kind.ISOLATED_TRIP;
import static io.gpumq.soak.suite.Row.Kind.KILL;

import io.gpumq.soak.workload.Verification;
import java.util.List;

/**
 * The suite {@code isolation}: what handlers in a process of their own cost, and how soon a queue
 * goes on when that process dies. Every row and every knob.
 */
public final class Isolation {
  /** What {@code --suite} calls it. */
  public static final String NAME = "isolation";

  /** As in {@link Limit}, so that the figures are those of the same workloads. */
  private static final int MANY = 11;

  private static final int SHORT = 1024;
  private static final int LONG = 65_536;

  /** Kill the device at the first message of each producer, and at no other. */
  private static final String ADDRESS = "fail:every=1073741824,how=address";

  private static final String TRAP = "fail:every=1073741824,how=trap";

  /** Messages a second of the stream that deaths interrupt. */
  private static final double STREAM = 1000;

  /** Kind, handler; producers, consumers, lanes, batch; limit, rate; aim. */
  private static final List<Row> ROWS =
      List.of(
          row(ISOLATED_RATE, "echo", 1, 4, 1, 512, LONG, 0, atLeast(RATE_OF_IN_PROCESS, 0.95)),
          row(ISOLATED_RATE, "echo", 4, MANY, 4, 1024, LONG, 0, atLeast(RATE_OF_IN_PROCESS, 0.95)),
          row(ISOLATED_TRIP, "echo", 1, 1, 1, 1, SHORT, 0, atMost(P50_OF_IN_PROCESS, 1.05)),
          row(FAULT, ADDRESS, 1, 1, 1, 64, SHORT, STREAM, atMost(P50_MS, 100)),
          row(FAULT, TRAP, 1, 1, 1, 64, SHORT, STREAM, atMost(P50_MS, 100)),
          row(FAULT_ALONE, ADDRESS, 1, 1, 1, 64, SHORT, STREAM, atMost(P50_MS, 1000)),
          row(FAULT_ALONE, TRAP, 1, 1, 1, 64, SHORT, STREAM, atMost(P50_MS, 1000)),
          row(KILL, "echo", 1, 1, 1, 64, SHORT, STREAM, atMost(P50_MS, 100)));

  private Isolation() {}

  /** The rows, in the order in which they run. */
  public static List<Row> rows() {
    return ROWS;
  }

  private static Row row(
      Row.Kind kind,
      String handler,
      int producers,
      int mostConsumers,
      int lanes,
      int batch,
      int maxMessages,
      double rate,
      Aim aim) {
    return new Row(
        kind,
        1,
        256,
        handler,
        Verification.FULL,
        producers,
        mostConsumers,
        lanes,
        batch,
        maxMessages,
        rate,
        false,
        List.of(aim));
  }
}
