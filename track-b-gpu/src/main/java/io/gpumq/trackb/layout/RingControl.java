package io.gpumq.trackb.layout;

/** The words of a control block that whoever starts and ends kernels needs. */
public interface RingControl {
  /** Every sequence below is published. */
  long acquireHead();

  void requestStop();

  /** For the next kernel; none may run. */
  void clearStop();

  boolean stopRequested();

  /** 0, or what the device found wrong. */
  long error();
}
