package io.gpumq.spi.waiting;

/** Something that is due at a time: an element of a {@link TimerWheel}, whose owner guards it. */
abstract class Timer {
  /** Stands for no slot. */
  static final short NOWHERE = -1;

  /** When it is due, in ticks. */
  long due;

  /** Its neighbours in the slot. */
  Timer earlier;

  Timer later;

  /** The slot in which it stands, or {@link #NOWHERE}. */
  short slot = NOWHERE;

  /** It is due, and in no wheel any more. Under the guard of the wheel. */
  abstract void expire();
}
