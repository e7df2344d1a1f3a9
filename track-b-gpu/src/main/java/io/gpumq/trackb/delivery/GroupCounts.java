package io.gpumq.trackb.delivery;

/** What a group has done so far, in numbers. Written under its lock, read without. */
public final class GroupCounts {
  final Count delivered = new Count();
  final Count acknowledged = new Count();
  final Count redelivered = new Count();
  final Count deadLettered = new Count();
  final Count pending = new Count();

  GroupCounts() {}

  void countHandedOut(Delivery delivery) {
    delivered.add(delivery.size());
    (delivery.isRedelivery() ? redelivered : pending).add(delivery.size());
  }

  /** A delivery that nobody has seen was none; what it made pending stays so. */
  void countTakenBack(Delivery delivery) {
    delivered.add(-delivery.size());
    if (delivery.isRedelivery()) {
      redelivered.add(-delivery.size());
    }
  }

  void countAcknowledged(int entries) {
    acknowledged.add(entries);
    pending.add(-entries);
  }

  void countDeadLettered() {
    deadLettered.add(1);
    pending.add(-1);
  }

  /** Returns how many entries were handed out, redeliveries included. */
  public long delivered() {
    return delivered.get();
  }

  /** Returns how many entries were acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** Returns how many of {@link #delivered} were not the first of their entry. */
  public long redelivered() {
    return redelivered.get();
  }

  /** Returns how many entries the dead-letter queue took over. */
  public long deadLettered() {
    return deadLettered.get();
  }

  /** Returns how many entries were delivered and are not settled. */
  public long pending() {
    return pending.get();
  }
}
