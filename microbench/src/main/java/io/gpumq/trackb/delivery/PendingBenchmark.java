package io.gpumq.trackb.delivery;

import io.gpumq.microbench.PerMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a group does for an entry while many others stay pending, one of 1,000 sequences. */
@State(Scope.Thread)
public class PendingBenchmark extends PerMessage {
  private static final int OWNER = 1;

  /** Entries that stay pending. */
  @Param({"1000", "100000"})
  int left;

  /** Entries of one take. */
  @Param({"1", "64"})
  int batch;

  private final Delivery delivery = new Delivery();
  private Group leased;
  private Group due;
  private long completed;

  @Setup
  public void open() {
    leased = leaving(Long.MAX_VALUE / 2);
    due = leaving(1);
    completed = leased.cursor();
  }

  private Group leaving(long leaseNanos) {
    PendingEntries entries = new PendingEntries(leaseNanos);
    entries.leaveOneOfAThousand(left);
    entries.letTimePass();
    return entries.group();
  }

  /** Deliver new entries, acknowledge. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long takeAcknowledge() {
    for (int done = 0; done < MESSAGES; done += batch) {
      completed += batch;
      leased.take(delivery, batch, OWNER, completed);
      leased.acknowledge(delivery);
    }
    return leased.counts().acknowledged();
  }

  /** Deliver again what has been due longest, and take it back. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long takeAgain() {
    for (int done = 0; done < MESSAGES; done += batch) {
      due.take(delivery, batch, OWNER, 0);
      due.takeBack(delivery);
    }
    return due.counts().pending();
  }
}
