package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Deliverable;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Living;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.BooleanSupplier;

/**
 * Which entries of a lane live: those that some group has not settled; where settled messages are
 * kept, all messages.
 */
final class LaneLiving implements Living {
  /** Entries of which a group is asked at once, under its lock. */
  private static final int STEP = 8192;

  private final EntryLog log;
  private final Deliverable messages;
  private final LaneGroups groups;
  private final boolean keepsSettled;

  LaneLiving(EntryLog log, Deliverable messages, LaneGroups groups, boolean keepsSettled) {
    this.log = log;
    this.messages = messages;
    this.groups = groups;
    this.keepsSettled = keepsSettled;
  }

  /** Without a group all live; and a failure that nobody has taken note of does. */
  @Override
  public long allFrom() {
    if (keepsSettled) {
      return log.progress().passedSoFar();
    }
    Collection<Group> all = groups.groups();
    long from = all.isEmpty() ? log.released() : log.progress().passedSoFar();
    for (Group group : all) {
      from = Math.min(from, group.cursor());
    }
    return from;
  }

  @Override
  public long gone() {
    return keepsSettled ? log.deletions().count() : groups.gone();
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
    for (long next = from; next < end; next++) {
      long run = messages.runEnd(next, end);
      bits.set((int) (next - from), (int) (run - from));
      next = run;
    }
  }

  private void markUnsettled(long from, int count, BitSet bits) {
    Collection<Group> all = groups.groups();
    if (all.isEmpty()) {
      bits.set(0, count);
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
