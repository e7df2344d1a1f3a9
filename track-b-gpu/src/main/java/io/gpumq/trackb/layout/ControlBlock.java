package io.gpumq.trackb.layout;

import io.gpumq.kernels.RingLayout;
import java.nio.ByteBuffer;

/** The words of the control block by name. Host and device each write their own. */
public final class ControlBlock implements RingControl {
  private final ByteBuffer block;

  public ControlBlock(ByteBuffer block) {
    this.block = block;
  }

  /** Publishes every sequence below. Pairs with after_shared_wait() of the device's front warps. */
  public void releaseHead(long head) {
    Words.setRelease(block, offset(RingLayout.HEAD), head);
  }

  @Override
  public long acquireHead() {
    return Words.getAcquire(block, offset(RingLayout.HEAD));
  }

  /**
   * Lets results of sequences below go to the window. Released after the host's last read of the
   * window slots that this gives up; the device writes them only after it saw the word.
   */
  public void releasePushLimit(long limit) {
    Words.setRelease(block, offset(RingLayout.PUSH_LIMIT), limit);
  }

  public long acquirePushLimit() {
    return Words.getAcquire(block, offset(RingLayout.PUSH_LIMIT));
  }

  @Override
  public void requestStop() {
    Words.setRelease(block, offset(RingLayout.STOP), 1);
  }

  @Override
  public void clearStop() {
    Words.setRelease(block, offset(RingLayout.STOP), 0);
  }

  @Override
  public boolean stopRequested() {
    return Words.getOpaque(block, offset(RingLayout.STOP)) != 0;
  }

  public long heartbeat() {
    return Words.getOpaque(block, offset(RingLayout.HEARTBEAT));
  }

  public void setHeartbeat(long beats) {
    Words.setOpaque(block, offset(RingLayout.HEARTBEAT), beats);
  }

  @Override
  public long error() {
    return Words.getAcquire(block, offset(RingLayout.ERROR));
  }

  public void setError(int code, long sequence) {
    long mask = (1L << RingLayout.ERROR_CODE_SHIFT) - 1;
    Words.setRelease(
        block,
        offset(RingLayout.ERROR),
        (long) code << RingLayout.ERROR_CODE_SHIFT | sequence & mask);
  }

  private static int offset(int word) {
    return word * RingLayout.CONTROL_STRIDE;
  }
}
