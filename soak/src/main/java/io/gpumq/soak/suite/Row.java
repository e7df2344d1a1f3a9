package io.gpumq.soak.suite;

import io.gpumq.soak.workload.Verification;
import java.util.List;
import java.util.Locale;

/**
 * One workload of a suite, with all its knobs.
 *
 * @param kind what is done with it
 * @param queues at once; 0 where the row chooses it by the processors
 * @param payloadBytes of each message; 0 where the row chooses it by the memory that is there
 * @param handler what is run on each message
 * @param verification how much of each message is written and checked
 * @param producers threads that send
 * @param mostConsumers threads that receive, where the machine has as many cores left
 * @param lanes of the queue
 * @param batch most messages in one send and in one poll; where queues are filled, entries of each
 * @param maxMessages of the queue, or those that stay pending; 0 where the row chooses it by the
 *     memory that is there
 * @param rate messages a second, where the kind has a rate
 * @param beside whether Track A runs it too, for comparison
 * @param aims what Track B on a GPU is to reach
 */
public record Row(
    Kind kind,
    int queues,
    int payloadBytes,
    String handler,
    Verification verification,
    int producers,
    int mostConsumers,
    int lanes,
    int batch,
    int maxMessages,
    double rate,
    boolean beside,
    List<Aim> aims) {
  /** What a row does. */
  public enum Kind {
    /** One message at a time: sent, received, acknowledged. */
    ROUND_TRIP,
    /** As fast as there is room. */
    THROUGHPUT,
    /** At a fixed rate, each message timed from when it was to be sent. */
    OPEN_LOOP,
    /** The queue filled to its limit while nobody consumes, then drained. */
    BACKLOG,
    /** A fresh process, until its first message is acknowledged and verified. */
    START,
    /** As {@link #THROUGHPUT}; what counts is the heap that its threads allocate. */
    HEAP,
    /** Several queues of one producer and one consumer, against one queue with as many lanes. */
    QUEUES,
    /** Queues opened, each with a group; then one entry through each. */
    OPEN,
    /** Batches to each of the queues in turn, against one queue, by turns. */
    IN_TURN,
    /** As {@link #IN_TURN} without the one queue, with messages of all sizes. */
    MIXED,
    /** Queues that nobody uses: what they take. */
    EMPTY,
    /** Queues of a few entries: what they take. */
    SMALL,
    /** The same filled and drained, over and over. */
    DRAIN,
    /** One entry at a time that lies in the store alone. */
    READ_ALONE,
    /** Entries that stay pending: what they take, and what they cost others. */
    PENDING,
    /** As {@link #THROUGHPUT}, with handlers in a process of their own and without, by turns. */
    ISOLATED_RATE,
    /** As {@link #ROUND_TRIP}, with handlers in a process of their own and without, by turns. */
    ISOLATED_TRIP,
    /** A steady stream; messages that kill the device process, beside which another stands by. */
    FAULT,
    /** As {@link #FAULT}, with no other that stands by. */
    FAULT_ALONE,
    /** A steady stream; the device process is killed from outside, another stands by. */
    KILL
  }

  public Row {
    aims = List.copyOf(aims);
  }

  /** The same for Track B alone, with one word of each message written and checked. */
  Row light() {
    return new Row(
        kind,
        queues,
        payloadBytes,
        handler,
        Verification.LIGHT,
        producers,
        mostConsumers,
        lanes,
        batch,
        maxMessages,
        rate,
        false,
        aims);
  }

  /** What people call it; no two rows of a suite have the same. */
  public String name() {
    return verification == Verification.LIGHT ? workload() + ", light" : workload();
  }

  private String workload() {
    String messages = handler + " " + payloadBytes + " B";
    String threads = producers == 1 ? ", 1 producer" : ", " + producers + " producers";
    return switch (kind) {
      case ROUND_TRIP -> "round trip " + payloadBytes + " B";
      case THROUGHPUT -> messages + threads;
      case OPEN_LOOP -> "open loop " + payloadBytes + " B, " + (long) (rate / 1e6) + " M msg/s";
      case BACKLOG -> payloadBytes == 0 ? "backlog" : "backlog of " + payloadBytes + " B";
      case START -> "start to first message";
      case HEAP -> "heap, " + messages + threads;
      case QUEUES -> "several queues, " + payloadBytes + " B";
      case OPEN -> "open " + count();
      case IN_TURN ->
          count() + " in turn, " + (batch == 1 ? "single messages" : "batches of " + batch);
      case MIXED -> count() + ", " + Crowds.LEAST_BYTES + " to " + payloadBytes + " B" + threads;
      case EMPTY -> count() + ", empty";
      case SMALL -> count() + " of " + batch + " entries";
      case DRAIN -> "drain " + count() + " of " + batch + " entries";
      case READ_ALONE -> "read alone " + payloadBytes + " B";
      case PENDING -> String.format(Locale.ROOT, "%,d pending entries", maxMessages);
      case ISOLATED_RATE -> "isolated " + messages + threads;
      case ISOLATED_TRIP -> "isolated round trip " + payloadBytes + " B";
      case FAULT -> "recovery from " + fault() + ", with a standby";
      case FAULT_ALONE -> "recovery from " + fault() + ", without a standby";
      case KILL -> "recovery from a kill, with a standby";
    };
  }

  private String count() {
    return String.format(Locale.ROOT, "%,d queues", queues);
  }

  private String fault() {
    return switch (handler.substring(handler.indexOf("how=") + 4)) {
      case "address" -> "an illegal address";
      case "trap" -> "a trap";
      default -> "a fault of " + handler;
    };
  }

  /**
   * Threads that receive on a machine with so many cores: what its producers leave, but for one.
   */
  int consumers(int cores) {
    return Math.max(1, Math.min(mostConsumers, cores - producers - 1));
  }

  /** Threads that send and receive at once on such a machine, as far as it has cores for them. */
  int threads(int cores) {
    int threads =
        kind == Kind.QUEUES
            ? ManyQueues.count(cores) * (producers + mostConsumers)
            : producers + consumers(cores);
    return Math.min(cores, threads);
  }
}
