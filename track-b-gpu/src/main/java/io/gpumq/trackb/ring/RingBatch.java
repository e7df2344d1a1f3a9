package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.Entry;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.delivery.Delivery;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The entries of one poll, where they lie: in the window while the reader is near, else in a read
 * area. Made once for a consumer; for its thread alone.
 */
final class RingBatch implements Batch, Entry {
  private final RingGeometry geometry;
  private final Completions completions;
  private final Express express;
  private final Window window;
  private final Window.Hold hold;
  private final Reads reads;
  private final View inWindow;
  private final View inReads;

  private final Delivery delivery = new Delivery();
  private final Reads.Sequences sequences =
      new Reads.Sequences() {
        @Override
        public int size() {
          return delivery.size();
        }

        @Override
        public long at(int index) {
          return delivery.sequence(index);
        }
      };

  /** Copies of the completion words: a stale batch's own may belong to a later lap by now. */
  private long[] words = new long[256];

  private View view;
  private boolean held;
  private int area = -1;
  private int areaOffset;
  private View own;
  private View fromExpress;
  private ByteBuffer expressMemory;
  private int at;

  RingBatch(
      SharedFile file,
      RingGeometry geometry,
      Completions completions,
      Express express,
      Window window,
      Reads reads) {
    this.geometry = geometry;
    this.completions = completions;
    this.express = express;
    this.window = window;
    this.hold = window.join();
    this.reads = reads;
    this.inWindow = new View(file.window());
    this.inReads = new View(file.reads());
  }

  /** Read-only views of one block, moved from entry to entry. */
  private static final class View {
    private final ByteBuffer payload;
    private final ByteBuffer result;

    View(ByteBuffer block) {
      payload = block.asReadOnlyBuffer().clear();
      result = block.asReadOnlyBuffer().clear();
    }

    private static ByteBuffer show(ByteBuffer view, int offset, int length) {
      return view.limit(offset + length).position(offset);
    }
  }

  Delivery delivery() {
    return delivery;
  }

  /** Finds the entries of the delivery just taken, and keeps them until {@link #release}. */
  void load() {
    int size = delivery.size();
    if (size > words.length) {
      words = Arrays.copyOf(words, Math.max(size, 2 * words.length));
    }
    boolean pushed = !delivery.isRedelivery();
    for (int i = 0; i < size; i++) {
      long word = completions.word(delivery.sequence(i));
      words[i] = word;
      pushed &= Completion.isPushed(word);
    }
    if (pushed && window.hold(hold, delivery.first(), delivery.last() + 1)) {
      held = true;
      view = inWindow;
      return;
    }
    if (delivery.isRedelivery() || !copyFromExpress()) {
      readFromVram();
    }
    window.passed(delivery.last() + 1);
  }

  private boolean copyFromExpress() {
    if (delivery.size() > RingLayout.EXPRESS_SLOTS) {
      return false;
    }
    if (fromExpress == null) {
      ByteBuffer memory =
          ByteBuffer.allocateDirect(RingLayout.EXPRESS_SLOTS * geometry.strideBytes());
      expressMemory = memory;
      fromExpress = new View(memory);
    }
    for (int i = 0; i < delivery.size(); i++) {
      int at = i * geometry.strideBytes();
      if (!express.copy(delivery.sequence(i), words[i], expressMemory, at)) {
        return false;
      }
    }
    areaOffset = 0;
    view = fromExpress;
    return true;
  }

  private void readFromVram() {
    for (int i = 0; i < delivery.size(); i++) {
      completions.awaitLanded(delivery.sequence(i));
    }
    area = reads.tryAcquire();
    if (area >= 0) {
      reads.into(area, sequences);
      areaOffset = reads.offset(area);
      view = inReads;
    } else {
      ByteBuffer memory = ByteBuffer.allocateDirect(delivery.size() * geometry.strideBytes());
      reads.into(memory, sequences);
      areaOffset = 0;
      own = new View(memory);
      view = own;
    }
  }

  /** Lets go of the entries: they may be overwritten from now on. */
  void release() {
    if (held) {
      held = false;
      window.release(hold);
    }
    if (area >= 0) {
      reads.release(area);
      area = -1;
    }
    own = null;
  }

  /** The consumer is gone for good. */
  void close() {
    release();
    window.leave(hold);
  }

  @Override
  public int size() {
    return delivery.size();
  }

  @Override
  public Entry get(int index) {
    delivery.sequence(index); // the check of the index
    at = index;
    return this;
  }

  @Override
  public long sequence() {
    return delivery.sequence(at);
  }

  @Override
  public int deliveries() {
    return delivery.deliveries(at);
  }

  @Override
  public ByteBuffer payload() {
    return View.show(view.payload, offset(), Completion.length(words[at]));
  }

  @Override
  public ByteBuffer result() {
    return View.show(view.result, offset() + geometry.slotBytes(), geometry.resultBytes());
  }

  private int offset() {
    return held
        ? (int) (delivery.sequence(at) & geometry.windowSlots() - 1) * geometry.strideBytes()
        : areaOffset + at * geometry.strideBytes();
  }
}
