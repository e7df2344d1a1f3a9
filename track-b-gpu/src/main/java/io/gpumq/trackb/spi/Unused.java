package io.gpumq.trackb.spi;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * What this process holds of its devices and nobody uses. A device has few places for kernels: who
 * finds none has the others give back what they do not need. Safe for use by many threads.
 */
public final class Unused {
  private static final Set<BooleanSupplier> HOLDERS = ConcurrentHashMap.newKeySet();

  private Unused() {}

  /**
   * Takes in a holder.
   *
   * @param giveBack gives back what nobody uses, and returns whether there was something; waits for
   *     no holder; what fails is for its own log, so that the others are asked, too
   */
  public static void add(BooleanSupplier giveBack) {
    HOLDERS.add(giveBack);
  }

  /** A holder has nothing any more. */
  public static void remove(BooleanSupplier giveBack) {
    HOLDERS.remove(giveBack);
  }

  /**
   * Has holders give back what nobody uses.
   *
   * @return whether there was something
   */
  public static boolean giveBack() {
    boolean some = false;
    for (BooleanSupplier holder : HOLDERS) {
      some |= holder.getAsBoolean();
    }
    return some;
  }
}
