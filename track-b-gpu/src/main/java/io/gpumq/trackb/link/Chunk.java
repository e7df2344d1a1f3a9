package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.UNIT;

import com.lmax.disruptor.Sequence;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A piece of a ring's ingress memory and, at the same offset, of its window. Producers fill it with
 * entries, one behind the other; whoever has taken it writes there alone. When it is full it rests
 * until all of it has landed, and is filled again.
 *
 * <p>What is pushed lies in the window where it lay in the ingress memory. So a reader that holds
 * the chunk keeps its part of the window: a filling that begins meanwhile is not pushed.
 */
final class Chunk {
  /** Waits in the chunks' line to be filled anew. */
  private static final int RESTING = 0;

  /** Has room, and nobody writes there. */
  private static final int OPEN = 1;

  /** A call has it, which runs no code of users meanwhile. */
  private static final int TAKEN = 2;

  /** A call has it, and a user's writer may take its time there. */
  private static final int LENT = 3;

  /** Lent beyond the ring's end. */
  private static final int KEPT = 4;

  /** Nobody takes it any more. */
  private static final int ENDED = 5;

  private final int start;
  private final int end;
  private final AtomicInteger state = new AtomicInteger(RESTING);

  // Of whoever has taken it. The volatile write that opens it, or the line's lock, hands them on.
  private int filled;
  private long until;
  private boolean isPushed;
  private long refuge = Draft.NO_REFUGE;

  /** Counts how often it was filled. Written by who fills it, before it looks for readers. */
  private final Sequence filling = new Sequence(0);

  private final Sequence readers = new Sequence(0);

  /** Writers' views, by the unit where they begin. Of whoever has taken it, as is its content. */
  private ByteBuffer[] views;

  private ByteBuffer sheet;

  /**
   * @param start its first byte in the ingress memory, and in the window
   */
  Chunk(int start, int bytes) {
    this.start = start;
    this.end = start + bytes;
    this.filled = end; // nothing may be written before it is filled for the first time
  }

  /** Where what is written to it can be kept though there is no room elsewhere; or that. */
  long refuge() {
    return refuge;
  }

  void refuge(long place) {
    refuge = place;
  }

  /** Takes it for the caller, if nobody has it and it is open. */
  boolean tryTake() {
    return state.get() == OPEN && state.compareAndSet(OPEN, TAKEN);
  }

  /** Whether nobody has it, and there may be room. */
  boolean isOpen() {
    return state.get() == OPEN;
  }

  /** Whoever has taken it lends it to a user's writer. */
  void lend() {
    state.setRelease(LENT);
  }

  /** Whether the caller, who has taken it, has lent it. */
  boolean isLent() {
    return state.get() != TAKEN;
  }

  /** What was lent is back; returns false if the ring has ended meanwhile: it stays as it is. */
  boolean takeBack() {
    return state.compareAndSet(LENT, TAKEN);
  }

  /** Whether a call has it. */
  boolean isTaken() {
    int now = state.get();
    return now == TAKEN || now == LENT || now == KEPT;
  }

  /**
   * Nobody is to take it any more, and no other begins a filling. Pairs with {@link #open}: what
   * was written before lies there.
   *
   * @return false while a call has it, and {@link #keep} does not help
   */
  boolean tryEnd() {
    return state.compareAndSet(OPEN, ENDED) || state.get() == RESTING || state.get() == ENDED;
  }

  /** Has it stay lent beyond the ring's end; returns false if it is not lent. */
  boolean keep() {
    return state.compareAndSet(LENT, KEPT);
  }

  /** Gives it back to whoever comes next, whose compare-and-set this pairs with. */
  void open() {
    state.setRelease(OPEN);
  }

  void rest() {
    state.set(RESTING);
  }

  /** Begins a new filling, for the caller: all that was in it has landed. */
  void refill() {
    filling.setVolatile(filling.get() + 1);
    isPushed = readers.get() == 0; // behind it: pairs with tryHold()
    filled = start;
    state.set(TAKEN);
  }

  /** Where the next entry goes, in bytes from the start of the ingress memory. */
  int at() {
    return filled;
  }

  /** Where it ends. */
  int end() {
    return end;
  }

  /** Bytes that are left. */
  int room() {
    return end - filled;
  }

  /**
   * Entries up to {@code at} are claimed: this much is filled.
   *
   * @param next every ring sequence of theirs lies below
   */
  void fill(int at, long next) {
    filled = at;
    until = next;
  }

  /**
   * Returns the memory from {@code at} to the chunk's end, always the same buffer for an offset.
   */
  ByteBuffer view(ByteBuffer ingress, int at) {
    if (views == null) {
      views = new ByteBuffer[(end - start) / UNIT];
    }
    int index = (at - start) / UNIT;
    if (views[index] == null) {
      views[index] = ingress.slice(at, end - at);
    }
    return views[index];
  }

  /** Returns memory that is no part of it, for whoever has taken it to write a payload first. */
  ByteBuffer sheet(int bytes) {
    if (sheet == null) {
      sheet = ByteBuffer.allocateDirect(bytes);
    }
    return sheet;
  }

  /** All that is in it has landed once every ring sequence below has. */
  long until() {
    return until;
  }

  /** Whether what is written now may go to the window. */
  boolean isPushed() {
    return isPushed;
  }

  /** Which filling this is: by it a reader knows later whether its entries are still there. */
  long filling() {
    return filling.get();
  }

  /**
   * Keeps what a filling has pushed until {@link #letGo}.
   *
   * @return false if another filling has begun since: nothing is kept then
   */
  boolean tryHold(long ofFilling) {
    readers.incrementAndGet();
    if (filling.get() == ofFilling) { // behind it: a filling that begins now finds this reader
      return true;
    }
    readers.addAndGet(-1);
    return false;
  }

  void letGo() {
    readers.addAndGet(-1);
  }
}
