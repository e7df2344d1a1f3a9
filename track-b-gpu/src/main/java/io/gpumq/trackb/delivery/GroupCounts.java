package io.gpumq.trackb.delivery;

/** What a group counts. Written under the group's lock, read without. */
abstract sealed class GroupCounts permits Group {
  final Count delivered = new Count();
  final Count acknowledged = new Count();
  final Count redelivered = new Count();
  final Count deadLettered = new Count();
  final Count pending = new Count();

  /** Returns the entries handed out, redeliveries included. */
  public long delivered() {
    return delivered.get();
  }

  /** Returns the entries acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** Returns those of {@link #delivered} that were not the first of their entry. */
  public long redelivered() {
    return redelivered.get();
  }

  /** Returns the entries that the dead-letter queue took over. */
  public long deadLettered() {
    return deadLettered.get();
  }

  /** Returns the entries that were delivered and are not settled. */
  public long pending() {
    return pending.get();
  }
}
