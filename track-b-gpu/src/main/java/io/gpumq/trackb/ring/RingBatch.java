package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.Entry;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.layout.Completion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The entries of one poll, where they lie: in the window while the reader is near, else in areas
 * that were read ahead; copies of what came by express or is scattered. Made once for a consumer;
 * for its thread alone.
 */
final class RingBatch implements Entry {
  private static final String ENDED =
      "this batch ended with the next poll of its consumer, or its close";

  private final RingGeometry geometry;
  private final Completions completions;
  private final Express express;
  private final Window window;
  private final Window.Hold hold;
  private final Reads reads;
  private final View inWindow;
  private final View inReads;

  private final Marks marks;
  private final Hold reading;
  private final Delivery delivery;

  // Copies: what is acknowledged may be a later lap's while the batch is still looked at.
  private long[] words = new long[256];
  private long[] times = new long[256];
  private long[] keys = new long[256];

  /**
   * What polls return, in turn, so that none allocates. A batch of so many polls ago, or a multiple
   * of that, cannot be told from the last; one of any other poll before can. More of them would
   * cost each consumer memory, and only move the number.
   */
  private final Polled[] handles = new Polled[256];

  private int latestHandle;

  /** What polls return that find nothing. */
  private final Batch none = new Polled(this);

  /** What the last poll returned, or {@code null} where it found nothing. */
  private Polled polled;

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
      Marks marks,
      Hold reading) {
    this.geometry = geometry;
    this.completions = completions;
    this.express = express;
    this.window = window;
    this.hold = window.join();
    this.reads = reads;
    this.marks = marks;
    this.reading = reading;
    this.delivery = new Delivery(reading);
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
      return view.limit(offset + length).position(offset).order(ByteOrder.BIG_ENDIAN);
    }
  }

  Delivery delivery() {
    return delivery;
  }

  /** What is not released from the take until the batch is loaded. */
  Hold reading() {
    return reading;
  }

  /**
   * Finds the entries of the delivery just taken, and keeps them until {@link #release}. They were
   * held since they were taken, whoever settled them meanwhile; from here on their bytes are.
   */
  Batch load() {
    try {
      find();
    } finally {
      reading.letGo();
    }
    polled = handle();
    return polled;
  }

  private void find() {
    int size = delivery.size();
    makeRoom(size);
    copyMarks(size);
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
    if (delivery.isRedelivery() || !copyFromExpress() && !readAhead()) {
      readScattered();
    }
    window.passed(delivery.last() + 1);
  }

  private void copyMarks(int size) {
    if (delivery.isWholeRange()) {
      marks.copyTimes(delivery.first(), size, times, 0);
    } else {
      for (int i = 0; i < size; i++) {
        marks.copyTimes(delivery.sequence(i), 1, times, i);
      }
    }
    for (int i = 0; i < size; i++) {
      if (Marks.hasKeyIn(times[i])) {
        keys[i] = marks.key(delivery.sequence(i));
      }
    }
  }

  private void makeRoom(int size) {
    if (size > words.length) {
      int length = Math.max(size, 2 * words.length);
      words = new long[length];
      times = new long[length];
      keys = new long[length];
    }
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
    polled = null;
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

  private Polled handle() {
    latestHandle = latestHandle + 1 & handles.length - 1;
    if (handles[latestHandle] == null) {
      handles[latestHandle] = new Polled(this);
    }
    return handles[latestHandle];
  }

  /** Whether entries are out whose bytes must stay. */
  boolean isOut() {
    return polled != null;
  }

  /** Whether these are the entries of the last poll. */
  boolean isLast(Batch batch) {
    return batch == (polled != null ? polled : none);
  }

  /** The memory of a batch that a poll of this package returned. */
  static RingBatch of(Batch batch) {
    return ((Polled) batch).entries;
  }

  /** What a poll returns that found nothing. */
  Batch none() {
    return none;
  }

  /** The entries of one poll: worth nothing behind the next. */
  private static final class Polled implements Batch {
    private final RingBatch entries;

    private Polled(RingBatch entries) {
      this.entries = entries;
    }

    @Override
    public int size() {
      return entries.polled == this ? entries.delivery.size() : 0;
    }

    @Override
    public Entry get(int index) {
      if (entries.polled != this) {
        throw new IllegalStateException(ENDED);
      }
      entries.delivery.sequence(index); // the check of the index
      entries.at = index;
      return entries;
    }
  }

  @Override
  public boolean hasKey() {
    return Marks.hasKeyIn(times[at]);
  }

  @Override
  public long key() {
    return hasKey() ? keys[at] : 0;
  }

  @Override
  public long sentMillis() {
    return Marks.millisIn(times[at]);
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
    if (polled == null) {
      throw new IllegalStateException(ENDED);
    }
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
