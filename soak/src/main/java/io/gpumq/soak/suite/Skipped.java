package io.gpumq.soak.suite;

/** Says that a row wants more than there is here, and what to do about it. */
public final class Skipped extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param why what it wants, what there is, and what to do
   */
  public Skipped(String why) {
    super(why);
  }
}
