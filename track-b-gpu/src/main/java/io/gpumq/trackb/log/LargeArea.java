package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.CopyArea;
import io.gpumq.trackb.spi.CopyEngine;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Memory that the copy engine knows, which all readers and senders of a track share. Large entries
 * are read into it, to be looked at there; payloads are written there by users, to be copied from
 * there: no second copy. There is none before the first queue that takes large payloads. Safe for
 * use by many threads.
 */
public final class LargeArea {
  /** Room for the largest entry, and beside it for some that are much smaller. */
  private static final int BYTES = 17 << 20;

  /** Who may send longer ones has memory of its own: few of them would have room here. */
  private static final int MOST_SENT_BYTES = BYTES / 8;

  /** What {@link #takeToSend} answers when there is no room. */
  public static final int NO_ROOM = Extents.NO_ROOM;

  /** A reader that looks at what it has for longer is not waited for. */
  private static final long WAIT_NANOS = 10_000_000;

  private final Vram vram;
  private final Extents extents = new Extents(BYTES);

  // Written under this object; who reads by them has seen them open.
  private volatile CopyArea area;
  private CopyEngine engine;

  // Guarded by this object.
  private int underWay;
  private boolean isClosed;

  LargeArea(Vram vram) {
    this.vram = vram;
  }

  /**
   * Takes the memory, if that has not been done.
   *
   * @throws io.gpumq.api.ConfigException if there is no room for it
   */
  public synchronized void open() {
    requireOpen();
    if (area == null) {
      CopyArea made = CopyArea.create("large-area", BYTES);
      try {
        engine = vram.copyEngine(made.memory());
      } catch (Throwable e) {
        Steps.undo(e, made::close);
        throw e;
      }
      area = made;
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new TrackFailedException("the track is closed; open another");
    }
  }

  /** The memory. */
  public ByteBuffer memory() {
    return area.memory();
  }

  /** Returns what a reader reads one entry by at a time. */
  public LargeRead read() {
    return new LargeRead(this);
  }

  /**
   * Begins to read an entry.
   *
   * @param into has none
   * @param place in units
   * @param mayWait whether to wait a moment for other readers to let go of theirs: not for who
   *     keeps something of it
   * @return false if there is no room for it
   * @throws TrackFailedException if it is closed, or the device has failed
   */
  public boolean begin(LargeRead into, long place, int bytes, boolean mayWait) {
    int at = extents.take(bytes, mayWait ? WAIT_NANOS : 0);
    if (at == Extents.NO_ROOM) {
      return false;
    }
    try {
      into.begin(at, bytes, copy(() -> engine.read(place, at, bytes)));
      return true;
    } catch (Throwable e) {
      Steps.undo(e, () -> giveBack(at, bytes));
      throw e;
    }
  }

  /** Begins a copy; its {@link #await} must follow. */
  private long copy(LongSupplier begin) {
    beginOne();
    try {
      return begin.getAsLong();
    } catch (Throwable e) {
      Steps.undo(e, this::endOne);
      throw e;
    }
  }

  /**
   * Takes room for a payload that a user is about to write, until {@link #giveBack}: waits for
   * nothing.
   *
   * @param bytes the most that it may be
   * @return where it begins, or {@link #NO_ROOM}
   */
  public synchronized int takeToSend(int bytes) {
    return isClosed || bytes > MOST_SENT_BYTES ? NO_ROOM : extents.take(bytes, 0);
  }

  /**
   * Copies a payload to the store, and waits for that.
   *
   * @param at where it begins here
   * @param place where it goes, in units
   * @throws TrackFailedException if it is closed, or the device has failed
   */
  public void write(int at, int bytes, long place) {
    int whole = EntryHeader.units(bytes) * UNIT; // readers read whole units
    Words.clear(memory(), at + bytes, at + whole);
    await(copy(() -> engine.write(place, at, whole)));
  }

  private synchronized void beginOne() {
    requireOpen();
    underWay++;
  }

  void await(long copy) {
    try {
      engine.await(copy);
    } finally {
      endOne();
    }
  }

  private synchronized void endOne() {
    underWay--;
    notifyAll();
  }

  /** With the last that is out behind the close, the memory goes. */
  public void giveBack(int at, int bytes) {
    extents.giveBack(at, bytes);
    synchronized (this) {
      closeMemory();
    }
  }

  private void closeMemory() {
    if (isClosed && area != null && extents.isWhole()) {
      area.close();
      area = null;
    }
  }

  /** Waits for what is under way; readers may still look at what they have. Once. */
  synchronized void close() {
    isClosed = true;
    boolean isInterrupted = false;
    while (underWay > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    Steps steps = new Steps();
    if (engine != null) {
      steps.run(engine::close);
    }
    steps.run(this::closeMemory).finish();
  }
}
