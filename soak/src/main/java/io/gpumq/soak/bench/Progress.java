package io.gpumq.soak.bench;

/** Is told how far a bench is. Called by the bench's own thread alone, several times a second. */
public interface Progress {
  /** Tells nobody. */
  Progress NONE =
      new Progress() {
        @Override
        public void at(String stage, double fraction) {}

        @Override
        public void finished(String brief) {}
      };

  /**
   * @param stage what is being done
   * @param fraction how much of the whole bench is done, 0 to 1
   */
  void at(String stage, double fraction);

  /**
   * One part of the bench is done.
   *
   * @param brief what it gave, in one line
   */
  void finished(String brief);
}
