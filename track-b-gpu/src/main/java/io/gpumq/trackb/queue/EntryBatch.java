package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The entries of one poll, where they lie: in the window while the reader is near, in areas that
 * were read, or in memory of the batch's own. Made once for a consumer; for its thread alone.
 */
final class EntryBatch implements Entry {
  private static final String ENDED =
      "this batch ended with the next call of who asked for it, or its close";

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

  // The entry that was asked for last, and the piece that it lies in: none behind a release.
  private int at;
  private Piece piece;
  private View view;
  private int offset;
  private long header;

  EntryBatch(EntryFinder finder) {
    this.finder = finder;
  }

  /**
   * Finds the entries of a delivery just taken from a lane, and keeps them until {@link #release}.
   *
   * @param rest is given those that are too much at once, if there are some
   */
  Batch load(Lane lane, Delivery taken, Consumer<Delivery> rest) {
    finder.begin(lane, taken, false, true);
    finder.fetch(finder.wanted());
    return end(taken, rest);
  }

  /**
   * Begins with that together with others, who read by {@link #finder} what all of them want.
   *
   * @param mayOwn as {@link EntryFinder#begin} says
   */
  void beginJointly(Lane lane, Delivery taken, boolean mayOwn) {
    finder.begin(lane, taken, true, mayOwn);
  }

  /** Ends what {@link #beginJointly} began, as {@link #load} does. */
  Batch end(Delivery taken, Consumer<Delivery> rest) {
    int found = finder.end();
    if (found < taken.size()) {
      rest.accept(taken.cut(found));
    }
    if (found == 0) {
      return none;
    }
    dropMoved();
    delivery = taken;
    polled = handle();
    return polled;
  }

  EntryFinder finder() {
    return finder;
  }

  /**
   * Entries that one poll is to take at most: more would hold more of the memory that all readers
   * share than is this one's part.
   */
  int mostEntries() {
    return finder.mostEntries();
  }

  /** Lets go of all that it looks at. Nothing is loaded any more. */
  void close() {
    forget();
    finder.close();
  }

  /** Lets go of the entries: they may be overwritten from now on. */
  void release() {
    forget();
    finder.release();
  }

  private void forget() {
    polled = null;
    view = null;
    piece = null;
  }

  /**
   * The reader's own memory moves when it grows, and areas when another ring reads; all other
   * memory stays where it is.
   */
  private void dropMoved() {
    for (int memory = EntryFinder.OWN; memory <= EntryFinder.AREAS; memory++) {
      if (views[memory] != null && views[memory].words != finder.memory(memory)) {
        views[memory] = null;
      }
    }
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
      entries.moveTo(index, entries.delivery.sequence(index));
      return entries;
    }
  }

  private void moveTo(int index, long sequence) {
    Piece in = piece; // another thread may close the consumer, which lets go of both
    View shown = view;
    if (in == null || shown == null || !in.has(index)) {
      in = finder.piece(index);
      shown = viewOf(in.memory());
      piece = in;
      view = shown;
    }
    at = index;
    offset = in.offset(sequence);
    header = Words.get(shown.words, offset);
  }

  private View viewOf(int memory) {
    if (memory >= views.length) {
      views = Arrays.copyOf(views, 2 * memory);
    }
    if (views[memory] == null) {
      views[memory] = new View(finder.memory(memory));
    }
    return views[memory];
  }

  private View view() {
    if (view == null) {
      throw new IllegalStateException(ENDED);
    }
    return view;
  }

  private long header() {
    view();
    return header;
  }

  @Override
  public boolean hasKey() {
    return EntryHeader.hasKey(header());
  }

  @Override
  public long key() {
    return hasKey() ? Words.get(view().words, offset + UNIT) : 0;
  }

  @Override
  public long sentMillis() {
    return EntryHeader.millis(Words.get(view().words, offset + Long.BYTES));
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
  public Optional<DeadLetter> letter() {
    boolean isOne = EntryHeader.isLetter(header());
    return isOne ? Optional.of(LetterText.read(view.words, offset)) : Optional.empty();
  }

  /** Returns what an entry says that is to be one of these, and a letter. */
  DeadLetter requireLetter(Entry entry) {
    if (entry != this || view == null) {
      throw new ConfigException("letter: must be an entry of this consumer's last poll");
    }
    return letter()
        .orElseThrow(
            () ->
                new ConfigException(
                    "entry of sequence " + sequence() + ": must be a dead letter, to be replayed"));
  }

  @Override
  public ByteBuffer payload() {
    return View.show(view().payload, body(), EntryHeader.length(header));
  }

  @Override
  public ByteBuffer result() {
    int start = body() + EntryHeader.units(EntryHeader.length(header())) * UNIT;
    int bytes = EntryHeader.isLetter(header) ? 0 : EntryHeader.resultBytes(header);
    return View.show(view().result, start, bytes);
  }

  /** Where the payload begins. */
  private int body() {
    return offset + (1 + EntryHeader.extensions(header)) * UNIT;
  }
}
