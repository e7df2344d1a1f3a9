package io.gpumq.trackb.link;

/**
 * What a ring carries something for: hears what became of it, in the order in which it was claimed.
 * One thread at a time calls, whichever asks the ring how far it is, and under no lock of the
 * ring's users; so nothing here may wait, nor throw.
 */
public interface Carried {
  /**
   * The device has handled some of a run well. If they {@code landed}, their memory is as it will
   * stay; what came by express lands a little later, and {@link #landed} tells of it.
   *
   * @param run holds until this returns
   * @param first the first of them, from 0 in the run
   * @param count of them, which follow each other
   */
  void completed(Run run, int first, int count, boolean landed);

  /**
   * The device has given up one message of a run.
   *
   * @param index which, from 0 in the run
   * @param word its completion word
   */
  void failed(Run run, int index, long word);

  /** What was completed by express has landed: a run of one. */
  void landed(Run run);

  /** What one of its entries is called, in words. */
  String describe(long sequence);
}
