package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.CONTROL_STRIDE;
import static io.gpumq.kernels.LinkLayout.HEAD;

import io.gpumq.trackb.ring.Words;
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
}
