package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.Batch;
import io.gpumq.api.Entry;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The entries of one poll, where they lie: in the window while the reader is near, in areas that
 * were read, or in memory of the batch's own. Made once for a consumer; for its thread alone.
 */
final class EntryBatch implements Entry {
  private static final String ENDED =
      "this batch ended with the next poll of its consumer, or its close";

  /** Views of one block, moved from entry to entry. */
  private static final class View {
    private final ByteBuffer words;
    private final ByteBuffer payload;
    private final ByteBuffer result;

    View(ByteBuffer block) {
      words = block;
      payload = block.asReadOnlyBuffer().clear();
      result = block.asReadOnlyBuffer().clear();
    }

    private static ByteBuffer show(ByteBuffer view, int offset, int length) {
      return view.limit(offset + length).position(offset).order(ByteOrder.BIG_ENDIAN);
    }
  }

  private final EntryFinder finder;

  /** By the number that the finder gives each memory; made when first wanted. */
  private View[] views = new View[4];

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

  private Delivery delivery;
  private int at;

  EntryBatch(EntryFinder finder) {
    this.finder = finder;
  }

  /**
   * Finds the entries of a delivery just taken from a lane, and keeps them until {@link #release}.
   */
  Batch load(Lane lane, Delivery taken) {
    finder.find(lane, taken);
    delivery = taken;
    polled = handle();
    return polled;
  }

  /** Lets go of the entries: they may be overwritten from now on. */
  void release() {
    polled = null;
    finder.release();
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

  /** What a poll returns that found nothing. */
  Batch none() {
    return none;
  }

  /** The entries of one poll: worth nothing behind the next. */
  private static final class Polled implements Batch {
    private final EntryBatch entries;

    private Polled(EntryBatch entries) {
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

  private View view() {
    if (polled == null) {
      throw new IllegalStateException(ENDED);
    }
    int source = finder.source(at);
    ByteBuffer memory = finder.memory(source);
    if (source >= views.length) {
      views = java.util.Arrays.copyOf(views, 2 * source);
    }
    if (views[source] == null || views[source].words != memory) {
      views[source] = new View(memory);
    }
    return views[source];
  }

  private long header() {
    return Words.get(view().words, finder.offset(at));
  }

  @Override
  public boolean hasKey() {
    return EntryHeader.hasKey(header());
  }

  @Override
  public long key() {
    return hasKey() ? Words.get(view().words, finder.offset(at) + UNIT) : 0;
  }

  @Override
  public long sentMillis() {
    return EntryHeader.millis(Words.get(view().words, finder.offset(at) + Long.BYTES));
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
    long header = header();
    int body = finder.offset(at) + (1 + EntryHeader.extensions(header)) * UNIT;
    return View.show(view().payload, body, EntryHeader.length(header));
  }

  @Override
  public ByteBuffer result() {
    long header = header();
    int units = 1 + EntryHeader.extensions(header) + EntryHeader.units(EntryHeader.length(header));
    int start = finder.offset(at) + units * UNIT;
    return View.show(view().result, start, EntryHeader.resultBytes(header));
  }
}
