package io.gpumq.trackb.delivery;

import io.gpumq.microbench.PerMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a group does for an entry that is acknowledged in time. */
@State(Scope.Thread)
public class GroupBenchmark extends PerMessage {
  /** Entries of one take. */
  @Param({"1", "64", "256"})
  int batch;

  @Param({"false", "true"})
  boolean strictOrder;

  private final Delivery delivery = new Delivery();
  private Group group;
  private long completed;

  @Setup
  public void open() {
    Deliverable all =
        new Deliverable() {
          @Override
          public boolean deliverable(long sequence) {
            return true;
          }

          @Override
          public long runEnd(long from, long end) {
            return end;
          }
        };
    group =
        new Group(
            "group",
            0,
            30_000_000_000L,
            5,
            strictOrder,
            all,
            (s, cause, count, name) -> false,
            System::nanoTime);
  }

  /** Deliver, acknowledge. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long takeAcknowledge() {
    for (int done = 0; done < MESSAGES; done += batch) {
      completed += batch;
      group.take(delivery, batch, 1, completed);
      group.acknowledge(delivery);
    }
    return group.acknowledgedTo();
  }
}
