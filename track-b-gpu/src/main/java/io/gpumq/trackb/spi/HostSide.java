package io.gpumq.trackb.spi;

/** The host's side of a ring, as a device sees it. Safe for use by many threads. */
public interface HostSide {
  /** Every sequence of the ring below has its completion word, as the host has seen. */
  long landed();

  /**
   * A message is not to be handled any more: it ended the device. Told before its completion word
   * says that it failed.
   *
   * @param sequence in the ring
   * @param why what became of the device
   */
  void condemned(long sequence, String why);
}
