package io.gpumq.trackb.delivery;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/**
 * How far a group has come, for those who look without its lock. Written under the lock, which
 * orders its writers. A release is enough: the lock's holder waits for no reader's answer.
 */
final class GroupMarks {
  private static final VarHandle SETTLED = mark("settled", long.class);
  private static final VarHandle DELIVERED = mark("delivered", long.class);
  private static final VarHandle DUE = mark("due", long.class);
  private static final VarHandle EXHAUSTED = mark("exhausted", boolean.class);

  private long settled;
  private long delivered;
  private long due = Ledger.NEVER;
  private boolean exhausted;

  GroupMarks(long start) {
    settled = start;
    delivered = start;
  }

  private static VarHandle mark(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(GroupMarks.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Shows what the holder of the lock has changed; mostly little, and each store takes time. */
  void show(Ledger ledger) {
    show(SETTLED, settled, ledger.start());
    show(DELIVERED, delivered, ledger.end());
    show(DUE, due, ledger.due());
    if (exhausted != ledger.hasExhausted()) {
      EXHAUSTED.setRelease(this, ledger.hasExhausted());
    }
  }

  private void show(VarHandle mark, long shown, long now) {
    if (shown != now) {
      mark.setRelease(this, now);
    }
  }

  /**
   * Every sequence below is settled. The release pairs with this read of whoever lets entries go:
   * what consumers read of one before they acknowledged it happens before its memory is written
   * again.
   */
  long settled() {
    return (long) SETTLED.getVolatile(this);
  }

  /** The next sequence to be delivered for the first time. */
  long delivered() {
    return (long) DELIVERED.getVolatile(this);
  }

  /** Whether something waits to be given up, as the last holder of the lock left it. */
  boolean hasExhausted() {
    return (boolean) EXHAUSTED.getVolatile(this);
  }

  /**
   * Whether a take would find nothing new below a sequence, nothing due, and nothing to be given
   * up.
   */
  boolean haveNothing(long completed, LongSupplier nanoClock) {
    return delivered() >= completed && !hasExhausted() && !isDue(nanoClock);
  }

  private boolean isDue(LongSupplier nanoClock) {
    long when = (long) DUE.getVolatile(this);
    return when != Ledger.NEVER && when - nanoClock.getAsLong() <= 0;
  }
}
