package io.gpumq.spi.waiting;

/** What those in a line wait for. Asked by the poller, holding no lock; waits for nothing. */
public interface Source {
  /** What {@link #ready} answers when nothing comes any more. */
  int ENDED = -1;

  /** What {@link #nanosToLook} answers while something is under way that nobody will ring for. */
  long AT_ONCE = 0;

  /** What {@link #nanosToLook} answers where whatever changes is rung for. */
  long NEVER = Long.MAX_VALUE;

  /** How many things there may be now; 0 for none, or {@link #ENDED}. */
  int ready();

  /**
   * When to look again though nobody rings the bell, in nanoseconds from now: {@link #AT_ONCE},
   * {@link #NEVER}, or between. Asked right before {@link #ready}, which sees what has become of
   * what was under way. What begins later is rung for.
   */
  long nanosToLook();
}
