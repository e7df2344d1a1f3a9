package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.Entry;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.delivery.Delivery;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The entries of one poll, where they lie: in the window while the reader is near, else in areas
 * that were read ahead; copies of what came by express or is scattered. Made once for a consumer;
 * for its thread alone.
 */
final class RingBatch implements Batch, Entry {
  private final RingGeometry geometry;
  private final Completions completions;
  private final Express express;
  private final Window window;
  private final Window.Hold hold;
  private final Reads reads;
  private final Marks marks;
  private final View inWindow;
  private final View inReads;

  private final Delivery delivery = new Delivery();

  /** Copies of the completion words: a stale batch's own may belong to a later lap by now. */
  private long[] words = new long[256];

  /** Copies of what {@link Marks} has of each entry. */
  private long[] marked = new long[256];

  private long[] keys = new long[256];

  private View view;
  private boolean held;
  private Reads.Area area;
  private Reads.Area secondArea;
  private long secondChunk;
  private View own;
  private ByteBuffer memory;
  private int at;

  RingBatch(
      SharedFile file,
      RingGeometry geometry,
      Completions completions,
      Express express,
      Window window,
      Reads reads,
      Marks marks) {
    this.geometry = geometry;
    this.completions = completions;
    this.express = express;
    this.window = window;
    this.hold = window.join();
    this.reads = reads;
    this.marks = marks;
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
      marked = new long[words.length];
      keys = new long[words.length];
    }
    boolean pushed = !delivery.isRedelivery();
    for (int i = 0; i < size; i++) {
      long word = completions.word(delivery.sequence(i));
      words[i] = word;
      pushed &= Completion.isPushed(word);
    }
    marks.copy(delivery, marked, keys); // behind the completion words, which cover them
    if (pushed && window.hold(hold, delivery.first(), delivery.last() + 1)) {
      held = true;
      view = inWindow;
      return;
    }
    if (delivery.isRedelivery() || !copyFromExpress() && !readAhead()) {
      readScattered();
    }
    window.passed(delivery.last() + 1);
  }

  private boolean copyFromExpress() {
    if (delivery.size() > RingLayout.EXPRESS_SLOTS) {
      return false;
    }
    ByteBuffer memory = ownMemory(RingLayout.EXPRESS_SLOTS);
    for (int i = 0; i < delivery.size(); i++) {
      int at = i * geometry.strideBytes();
      if (!express.copy(delivery.sequence(i), Completion.length(words[i]), memory, at)) {
        return false;
      }
    }
    view = own;
    return true;
  }

  /** New entries lie side by side, in one area that is read ahead, or over the edge of two. */
  private boolean readAhead() {
    long firstChunk = reads.chunk(delivery.first());
    long lastChunk = reads.chunk(delivery.last());
    if (lastChunk - firstChunk > 1) {
      return false; // spread by entries that were passed over
    }
    secondChunk = firstChunk + 1;
    int size = delivery.size();
    int split = 1;
    while (split < size && reads.chunk(delivery.sequence(split)) == firstChunk) {
      split++;
    }
    area = reads.acquire(delivery.first(), delivery.sequence(split - 1));
    if (area == null) {
      return false;
    }
    if (split < size) {
      secondArea = reads.acquire(delivery.sequence(split), delivery.last());
      if (secondArea == null) {
        release();
        return false;
      }
    }
    view = inReads;
    return true;
  }

  private void readScattered() {
    ByteBuffer memory = ownMemory(delivery.size());
    reads.scattered(delivery, memory);
    view = own;
  }

  /** Memory of this batch's own, of so many slots at least; kept for the next time. */
  private ByteBuffer ownMemory(int slots) {
    int bytes = slots * geometry.strideBytes();
    if (memory == null || memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(bytes);
      own = new View(memory);
    }
    return memory;
  }

  /** Lets go of the entries: they may be overwritten from now on. */
  void release() {
    if (held) {
      held = false;
      window.release(hold);
    }
    if (area != null) {
      reads.release(area);
      area = null;
    }
    if (secondArea != null) {
      reads.release(secondArea);
      secondArea = null;
    }
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
  public boolean hasKey() {
    return Marks.hasKey(marked[at]);
  }

  @Override
  public long key() {
    return hasKey() ? keys[at] : 0;
  }

  @Override
  public long sentMillis() {
    return Marks.sentMillis(marked[at]);
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
    long sequence = delivery.sequence(at);
    if (view == inWindow) {
      return (int) (sequence & geometry.windowSlots() - 1) * geometry.strideBytes();
    }
    if (view == inReads) {
      boolean second = reads.chunk(sequence) == secondChunk;
      return reads.offset(second ? secondArea : area, sequence);
    }
    return at * geometry.strideBytes();
  }
}
