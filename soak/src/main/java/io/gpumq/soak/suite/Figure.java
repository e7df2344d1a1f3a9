package io.gpumq.soak.suite;

import java.util.Locale;

/** What a row can see, and aim at; what is aimed at comes first. */
public enum Figure {
  /** Half of the times are this short. */
  P50_US("p50", Unit.MICROSECONDS),
  /** All but one in a hundred. */
  P99_US("p99", Unit.MICROSECONDS),
  /** All but one in a thousand. */
  P999_US("p99.9", Unit.MICROSECONDS),
  /** The longest of all. */
  MAX_US("max", Unit.MICROSECONDS),
  /** How much longer the longest of all is than the longest gap of the guard thread. */
  BEYOND_GUARD_US("longest beyond the guard thread's gap", Unit.MICROSECONDS),
  /** The mean of all. */
  MEAN_US("mean", Unit.MICROSECONDS),
  /** Heap that the threads which send and receive allocate, a message. */
  HEAP_BYTES_MSG("heap", Unit.BYTES_A_MESSAGE),
  /** Heap that each queue takes, or each pending entry, once garbage is collected. */
  HEAP_BYTES_EACH("heap", Unit.BYTES_EACH),
  /** The same of queues that are drained again. */
  DRAINED_HEAP_BYTES_EACH("heap once drained", Unit.BYTES_EACH),
  /** Bytes of the track's store that the queues hold. */
  STORE_BYTES("store", Unit.BYTES),
  /** Heap that the row's queues and their entries take, and pinned memory of the whole track. */
  HEAP_AND_PINNED_BYTES("heap and pinned memory", Unit.BYTES),
  /** Pinned memory that the track has taken for the row's queues. */
  MORE_PINNED_BYTES("more pinned memory", Unit.BYTES),
  /** The rate of several queues together, as a share of that of one queue with as many lanes. */
  OF_ONE_QUEUE("of one queue's rate", Unit.SHARE),
  /** The time of a poll and its acknowledgement, as a share of that beside few pending entries. */
  OF_FEW_PENDING("of the time beside a thousand pending", Unit.SHARE),
  /** The rate with handlers in a process of their own, as a share of that without one. */
  RATE_OF_IN_PROCESS("of in-process rate", Unit.SHARE),
  /** The p50 with handlers in a process of their own, as a share of that without one. */
  P50_OF_IN_PROCESS("of in-process p50", Unit.SHARE),
  /** Standard error of such a share: what the turns' spread leaves open. */
  SHARE_ERROR("standard error", Unit.SHARE),
  /** Messages a second, through and verified. */
  MSG_S("", Unit.MESSAGES_A_SECOND),
  /** Payload bytes a second, in one direction. */
  BYTES_S("", Unit.BYTES_A_SECOND),
  /** Messages a second that as many threads write as a producer does, with no queue behind them. */
  PRODUCERS_ALONE_MSG_S("producers alone", Unit.MESSAGES_A_SECOND),
  /** Messages a second that as many threads verify as consumers do, with no queue before them. */
  VERIFIERS_ALONE_MSG_S("verifiers alone", Unit.MESSAGES_A_SECOND),
  /** The longest pause of a thread beside, that does nothing but look at the clock. */
  GUARD_GAP_US("guard thread's longest gap", Unit.MICROSECONDS),
  /** Pinned memory of the whole track. */
  PINNED_BYTES("pinned memory", Unit.BYTES),
  /** Payload bytes that a queue held at once. */
  HELD_BYTES("held", Unit.BYTES),
  /** The share of what a queue may keep that it held while nobody consumed. */
  FILLED("filled", Unit.SHARE),
  /** Payload bytes a second into the queue. */
  FILL_BYTES_S("fill", Unit.BYTES_A_SECOND),
  /** Payload bytes a second out of it. */
  DRAIN_BYTES_S("drain", Unit.BYTES_A_SECOND),
  /** Half of the starts, or of the recoveries, are this short. */
  P50_MS("p50", Unit.MILLISECONDS),
  /** The longest of them. */
  MAX_MS("max", Unit.MILLISECONDS),
  /** Messages a second of the one queue. */
  ONE_QUEUE_MSG_S("one queue", Unit.MESSAGES_A_SECOND),
  /** Messages a second of the slowest of several queues. */
  SLOWEST_MSG_S("slowest", Unit.MESSAGES_A_SECOND),
  /** Messages a second of the fastest of them. */
  FASTEST_MSG_S("fastest", Unit.MESSAGES_A_SECOND),
  /** Nanoseconds of a poll and its acknowledgement beside a thousand pending entries. */
  FEW_PENDING_NS("beside a thousand pending", Unit.NANOSECONDS),
  /** Nanoseconds of a poll and its acknowledgement beside many. */
  MANY_PENDING_NS("beside many", Unit.NANOSECONDS),
  /** Entries that are pending. */
  PENDING("pending", Unit.COUNT),
  /** Queues that are open. */
  QUEUES("queues", Unit.COUNT),
  /** Messages a second with handlers in this process. */
  IN_PROCESS_MSG_S("in-process", Unit.MESSAGES_A_SECOND),
  /** Half of the times with handlers in this process. */
  IN_PROCESS_P50_US("in-process p50", Unit.MICROSECONDS),
  /** Deaths of device processes that were timed. */
  DEATHS("deaths", Unit.COUNT);

  /** How a figure is counted. */
  public enum Unit {
    NANOSECONDS,
    MICROSECONDS,
    MILLISECONDS,
    MESSAGES_A_SECOND,
    BYTES_A_SECOND,
    BYTES,
    BYTES_A_MESSAGE,
    BYTES_EACH,
    SHARE,
    COUNT
  }

  private final String label;
  private final Unit unit;

  Figure(String label, Unit unit) {
    this.label = label;
    this.unit = unit;
  }

  /** What people read beside its value; empty where the unit says it. */
  public String label() {
    return label;
  }

  /** How it is counted. */
  public Unit unit() {
    return unit;
  }

  /** What programs call it, such as {@code p50_us}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
