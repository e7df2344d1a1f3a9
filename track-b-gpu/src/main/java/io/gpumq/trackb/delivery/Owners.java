package io.gpumq.trackb.delivery;

/** Who a pending entry is with, where it is with no consumer: consumers count from 0. */
final class Owners {
  /** It waits for the next taker: refused, or given back. */
  static final int NOBODY = -1;

  /** It was delivered as often as allowed, and is to be given up. */
  static final int EXHAUSTED = -2;

  /** Somebody makes a letter of it now. */
  static final int GIVEN_UP = -3;

  /** Whoever it is. */
  static final int ANY = Integer.MIN_VALUE;

  private Owners() {}
}
