package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.CONTROL_STRIDE;
import static io.gpumq.kernels.LinkLayout.ERROR;
import static io.gpumq.kernels.LinkLayout.ERROR_CODE_SHIFT;
import static io.gpumq.kernels.LinkLayout.HEAD;
import static io.gpumq.kernels.LinkLayout.HEARTBEAT;
import static io.gpumq.kernels.LinkLayout.STOP;

import java.nio.ByteBuffer;

/** The words of a ring's control block by name. Host and device each write their own. */
public final class Control {
  private final ByteBuffer block;

  public Control(ByteBuffer block) {
    this.block = block;
  }

  /** Publishes every sequence below. Pairs with after_shared_wait() of the device's front warps. */
  public void releaseHead(long head) {
    Words.setRelease(block, HEAD * CONTROL_STRIDE, head);
  }

  /** Every sequence below is published. */
  public long acquireHead() {
    return Words.getAcquire(block, HEAD * CONTROL_STRIDE);
  }

  public void requestStop() {
    Words.setRelease(block, STOP * CONTROL_STRIDE, 1);
  }

  /** For the next kernel; none may run. */
  public void clearStop() {
    Words.setRelease(block, STOP * CONTROL_STRIDE, 0);
  }

  public boolean stopRequested() {
    return Words.getOpaque(block, STOP * CONTROL_STRIDE) != 0;
  }

  public long heartbeat() {
    return Words.getOpaque(block, HEARTBEAT * CONTROL_STRIDE);
  }

  public void setHeartbeat(long beats) {
    Words.setOpaque(block, HEARTBEAT * CONTROL_STRIDE, beats);
  }

  /** 0, or what the device found wrong. */
  public long error() {
    return Words.getAcquire(block, ERROR * CONTROL_STRIDE);
  }

  public void setError(int code, long sequence) {
    long mask = (1L << ERROR_CODE_SHIFT) - 1;
    long word = (long) code << ERROR_CODE_SHIFT | sequence & mask;
    Words.setRelease(block, ERROR * CONTROL_STRIDE, word);
  }
}
