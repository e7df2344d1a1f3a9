package io.gpumq.trackb.delivery;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a group has done so far, in numbers. Written under its lock, which orders its writers, and
 * read without. The end of the lock shows a figure to everyone: a fence of its own for each would
 * only take time.
 */
public final class GroupCounts {
  private static final VarHandle DELIVERED = figure("delivered");
  private static final VarHandle ACKNOWLEDGED = figure("acknowledged");
  private static final VarHandle REDELIVERED = figure("redelivered");
  private static final VarHandle DEAD_LETTERED = figure("deadLettered");
  private static final VarHandle PENDING = figure("pending");

  private long delivered;
  private long acknowledged;
  private long redelivered;
  private long deadLettered;
  private long pending;

  GroupCounts() {}

  private static VarHandle figure(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(GroupCounts.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Begins with what was done before. Before anybody counts, or looks. */
  void begin(FoldedGroup folded) {
    delivered = folded.delivered();
    acknowledged = folded.acknowledged();
    redelivered = folded.redelivered();
    deadLettered = folded.deadLettered();
  }

  /** For the holder of the lock. The release pairs with {@link #get}. */
  private void add(VarHandle figure, long more) {
    figure.setRelease(this, (long) figure.get(this) + more);
  }

  private long get(VarHandle figure) {
    return (long) figure.getVolatile(this);
  }

  void countHandedOut(Delivery delivery) {
    add(DELIVERED, delivery.size());
    add(delivery.isRedelivery() ? REDELIVERED : PENDING, delivery.size());
  }

  /** A delivery that nobody has seen was none; what it made pending stays so. */
  void countTakenBack(Delivery delivery) {
    add(DELIVERED, -delivery.size());
    if (delivery.isRedelivery()) {
      add(REDELIVERED, -delivery.size());
    }
  }

  void countAcknowledged(int entries) {
    add(ACKNOWLEDGED, entries);
    add(PENDING, -entries);
  }

  void countDeadLettered() {
    add(DEAD_LETTERED, 1);
    add(PENDING, -1);
  }

  void countClaimed() {
    add(DELIVERED, 1);
    add(REDELIVERED, 1);
  }

  /** Entries that are pending no more, and nothing else has become of them. */
  void countForgotten(long entries) {
    add(PENDING, -entries);
  }

  /** Returns how many entries were handed out, redeliveries included. */
  public long delivered() {
    return get(DELIVERED);
  }

  /** Returns how many entries were acknowledged. */
  public long acknowledged() {
    return get(ACKNOWLEDGED);
  }

  /** Returns how many of {@link #delivered} were not the first of their entry. */
  public long redelivered() {
    return get(REDELIVERED);
  }

  /** Returns how many entries the dead-letter queue took over. */
  public long deadLettered() {
    return get(DEAD_LETTERED);
  }

  /** Returns how many entries were delivered and are not settled. */
  public long pending() {
    return get(PENDING);
  }
}
