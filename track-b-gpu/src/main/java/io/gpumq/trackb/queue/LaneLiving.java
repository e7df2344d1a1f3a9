package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Deliverable;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Living;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.BooleanSupplier;

/**
 * Which entries of a lane live: messages that some group has not settled; without a group, or where
 * settled messages are kept, all messages. One that was deleted, or whose handler failed, lives
 * only as long as some group has it pending.
 */
final class LaneLiving implements Living {
  /** Entries of which a group is asked at once, under its lock. */
  private static final int STEP = 8192;

  private final EntryLog log;
  private final Deliverable messages;
  private final Targets targets;
  private final LaneGroups groups;
  private final boolean keepsSettled;

  LaneLiving(
      EntryLog log,
      Deliverable messages,
      Targets targets,
      LaneGroups groups,
      boolean keepsSettled) {
    this.log = log;
    this.messages = messages;
    this.targets = targets;
    this.groups = groups;
    this.keepsSettled = keepsSettled;
  }

  /**
   * Behind what some group has ahead of it, and what is no message any more, all live; and so does
   * a failure that nobody has taken note of, with all behind it.
   */
  @Override
  public long allFrom() {
    long passed = log.progress().passedSoFar(); // first: what is found gone below may lie behind
    long from = Math.max(log.deletions().end(), log.progress().failuresEnd());
    if (!keepsSettled) {
      from = Math.max(from, Math.max(targets.end(), delivered(passed)));
    }
    return Math.min(from, passed);
  }

  /** What all groups were delivered lies below. */
  private long delivered(long passed) {
    Collection<Group> all = groups.groups();
    long delivered = all.isEmpty() ? log.released() : passed;
    for (Group group : all) {
      delivered = Math.min(delivered, group.cursor());
    }
    return delivered;
  }

  @Override
  public long gone() {
    long noMessages = log.deletions().count() + log.progress().failuresNoted();
    return keepsSettled ? noMessages : noMessages + groups.settledByGroups();
  }

  @Override
  public long revivals() {
    return groups.revivals();
  }

  @Override
  public void mark(long from, int count, BitSet bits) {
    if (keepsSettled) {
      markMessages(from, from + count, bits);
    } else {
      markUnsettled(from, count, bits);
    }
  }

  private void markMessages(long from, long end, BitSet bits) {
    for (long next = from; (next = messages.firstFrom(next, end)) < end; ) {
      long run = messages.runEnd(next, end);
      bits.set((int) (next - from), (int) (run - from));
      next = run;
    }
  }

  private void markUnsettled(long from, int count, BitSet bits) {
    Collection<Group> all = groups.groups();
    if (all.isEmpty()) {
      markMessages(from, from + count, bits);
      return;
    }
    BitSet some = new BitSet();
    for (int done = 0; done < count; done += STEP) {
      int step = Math.min(STEP, count - done);
      some.clear();
      for (Group group : all) {
        group.markUnsettled(from + done, step, some);
      }
      for (int i = some.nextSetBit(0); i >= 0; i = some.nextSetBit(i + 1)) {
        bits.set(done + i);
      }
    }
  }

  @Override
  public BooleanSupplier readersBelow(long sequence) {
    return groups.holds().readersBelow(sequence);
  }

  @Override
  public boolean unlessRevived(long revivals, Runnable act) {
    return groups.unlessRevived(revivals, act);
  }
}
