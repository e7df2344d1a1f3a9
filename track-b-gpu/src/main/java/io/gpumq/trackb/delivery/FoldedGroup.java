package io.gpumq.trackb.delivery;

/**
 * What a group is in a lane while nobody uses its queue: nothing is pending.
 *
 * @param cursor the next sequence to be delivered; every one below is settled
 * @param delivered as {@link GroupCounts#delivered}, and so are the others
 */
public record FoldedGroup(
    String name,
    long cursor,
    long delivered,
    long acknowledged,
    long redelivered,
    long deadLettered) {
  /** Returns what a group is, or {@code null} while something is pending there. */
  public static FoldedGroup of(Group group) {
    return group.ask(ledger -> of(group.name(), ledger, group.counts()));
  }

  private static FoldedGroup of(String name, Ledger ledger, GroupCounts counts) {
    return ledger.start() < ledger.end()
        ? null
        : new FoldedGroup(
            name,
            ledger.end(),
            counts.delivered(),
            counts.acknowledged(),
            counts.redelivered(),
            counts.deadLettered());
  }

  /** Has a group that was made to begin at the cursor know what it has done before. */
  public void into(Group group) {
    group.counts().begin(this);
  }
}
