package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.device.InProcessDevice;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.CopyEngine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** A ring on a device, and lanes of a test that send through it. */
final class Carriage implements AutoCloseable {
  static final int ARENA_BYTES = 64 << 20;

  private final InProcessDevice device;
  private final RingShape shape;
  private final RingFile file;
  private final Carrier carrier;
  private final ByteBuffer copy = direct(1 << 20);
  private final CopyEngine engine;
  private final AtomicInteger nextLane = new AtomicInteger();

  final Ring ring;

  Carriage(Backend backend, String handler, RingShape shape) {
    this.shape = shape;
    device = new InProcessDevice(backend, backend.allocate(ARENA_BYTES, false));
    engine = device.vram().copyEngine(copy);
    file = RingFile.create("test", shape);
    device.vram().writeWords(shape.statesPlace(), shape.emptyStates());
    ring = new Ring(file, shape, device.hasExpress(), false);
    carrier = device.start(file, shape, HandlerSpec.parse(handler), ring);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  void requireAlive() {
    String failure = carrier.failure();
    if (failure != null) {
      throw new AssertionError(failure);
    }
  }

  /** What the device found wrong with the ring, or 0. */
  long error() {
    return new Control(file.control()).error();
  }

  Fetch fetch() {
    return new Fetch(ring, file.window());
  }

  /** Writes to the arena, past every ring. */
  private synchronized void copyIn(ByteBuffer bytes, long place) {
    copy.clear().put(0, bytes, 0, bytes.limit());
    engine.await(engine.write(place, 0, EntryHeader.units(bytes.limit()) * UNIT));
  }

  private void poison(long place, int units) {
    ByteBuffer poison = ByteBuffer.allocate(1 << 20);
    Arrays.fill(poison.array(), (byte) 0xa5);
    for (int done = 0; done < units; done += poison.limit() / UNIT) {
      copyIn(poison.limit(Math.min(poison.capacity(), (units - done) * UNIT)), place + done);
    }
  }

  /** Reads from the arena, past every ring. */
  synchronized ByteBuffer read(long place, int bytes) {
    copy.clear();
    engine.await(engine.read(place, 0, bytes));
    return copy.limit(bytes);
  }

  @Override
  public void close() {
    carrier.stop();
    file.close();
    engine.close();
    device.close();
  }

  /** Entries that lie one behind the other in a part of the arena. */
  final class Lane implements Carried {
    private static final int PLACES = 1 << 16;
    private static final int RESERVED_BYTES = 8 << 20; // for what the device keeps

    private final int number = nextLane.getAndIncrement();
    private final int largest;
    private final int lanes;
    private final boolean keyed;
    private final long[] places = new long[PLACES];
    private long end;
    private volatile long next;
    volatile long completed;
    volatile long landed;
    volatile long failed;
    volatile long fromWindow;
    volatile Throwable failure;

    Lane(int lanes, int largest, boolean keyed) {
      this.lanes = lanes;
      this.largest = largest;
      this.keyed = keyed;
      int share = (ARENA_BYTES - RESERVED_BYTES) / lanes / UNIT;
      end = RESERVED_BYTES / UNIT + (long) number * share;
      if (number % 2 == 1) {
        poison(end, share); // not all, for the tool that tells who reads what nobody wrote
      }
    }

    long next() {
      return next;
    }

    long place(long message) {
      return places[(int) message];
    }

    /** The payload of a message: its number in the lane, the lane, then bytes drawn from both. */
    ByteBuffer payload(long message) {
      SplittableRandom random = new SplittableRandom(message * 31 + number);
      ByteBuffer to = ByteBuffer.allocate(largest).order(ByteOrder.LITTLE_ENDIAN);
      to.putLong(message << 8 | number);
      for (int i = random.nextInt(largest - 7); i > 0; i--) {
        to.put((byte) random.nextInt());
      }
      return to.flip();
    }

    /** Sends some messages, as many as there is room for; returns how many. */
    synchronized int send(Draft draft, int count) {
      if (!draft.begin()) {
        return 0;
      }
      try {
        for (int i = 0; i < count && draft.hasRoom(); i++) {
          ByteBuffer payload = payload(next + i);
          if (keyed && i % 2 == 1) {
            draft.add(payload, next + i, ~(next + i));
          } else if (i % 3 == 0) {
            draft.payload().put(payload);
            draft.add(payload.position(), next + i);
          } else {
            draft.add(payload, next + i);
          }
        }
        ring.makeRoom(draft.count());
        int claimed = draft.claim(draft.count(), Integer.MAX_VALUE, true, true);
        long first = end;
        for (int i = 0; i < claimed; i++) { // before they are published
          places[(int) next + i] = end;
          end += draft.runUnits(i);
        }
        places[(int) next + claimed] = end;
        if (claimed > 0) {
          draft.publish(this, next, first, null);
        }
        next += claimed;
        return claimed;
      } finally {
        draft.end();
      }
    }

    /**
     * Takes an entry from where it lies, as a message, or as a letter with so many bytes of texts;
     * returns whether there was room.
     */
    synchronized boolean take(Move move, Lane from, long message, int texts) {
      ByteBuffer heading = from.heading(message, texts);
      long header = Words.get(read(from.place(message), UNIT), 0);
      long source = from.place(message) + 1 + EntryHeader.extensions(header);
      return move.begin(source, heading) && publish(move);
    }

    private boolean publish(Move move) {
      try {
        ring.makeRoom(1);
        if (!move.claim()) {
          return false;
        }
        places[(int) next] = end;
        end += move.units();
        places[(int) next + 1] = end;
        move.publish(this, next, places[(int) next], null);
        next++;
        return true;
      } finally {
        move.end();
      }
    }

    /** Sends a message whose payload the copy engine brings to its place; returns as above. */
    synchronized boolean place(Move move) {
      ByteBuffer payload = payload(next);
      int length = payload.limit();
      ByteBuffer heading = direct(UNIT);
      Words.set(heading, 0, EntryHeader.handled(length, false, shape.resultBytes()));
      Words.set(heading, Long.BYTES, EntryHeader.id(next, 0));
      copyIn(payload, end + 1);
      return move.begin(end + 1, heading) && publish(move);
    }

    /** The heading of a message as it lies, or that of a letter of it; a text's bytes count up. */
    ByteBuffer heading(long message, int texts) {
      long header = Words.get(read(place(message), UNIT), 0);
      int length = EntryHeader.length(header);
      boolean hasKey = EntryHeader.hasKey(header);
      int keep = (1 + EntryHeader.extensions(header)) * UNIT;
      int letter = texts > 0 ? UNIT + EntryHeader.units(texts) * UNIT : 0;
      ByteBuffer heading = direct(keep + letter).put(0, read(place(message), keep), 0, keep);
      if (texts > 0) {
        Words.set(heading, 0, EntryHeader.letter(length, hasKey, texts));
        for (int i = 0; i < texts; i++) {
          heading.put(keep + UNIT + i, (byte) i);
        }
      }
      return heading;
    }

    @Override
    public void completed(Run run, int first, int count, boolean hasLanded) {
      try {
        assertEquals(completed, run.sequence() + first);
        checkWindow(run, first, count);
      } catch (Throwable e) {
        failure = e;
      }
      completed = completed + count;
      landed += hasLanded ? count : 0;
    }

    /** What was pushed lies in the window, for as long as its chunk is held. */
    private void checkWindow(Run run, int first, int count) {
      if (!run.isPushed() || !run.chunk().tryHold(run.filling())) {
        return;
      }
      for (int i = first; i < first + count; i++) {
        long message = run.sequence() + i;
        int unit = run.unit() + (int) (places[(int) message] - run.place());
        check(message, file.window(), unit * UNIT);
        fromWindow++;
      }
      run.chunk().letGo();
    }

    /** Whether an entry is what was sent, wherever it lies. */
    void check(long message, ByteBuffer memory, int at) {
      ByteBuffer sent = payload(message);
      long header = Words.get(memory, at);
      assertEquals(sent.limit(), EntryHeader.length(header));
      assertEquals(message, EntryHeader.millis(Words.get(memory, at + Long.BYTES)));
      int body = at + (1 + EntryHeader.extensions(header)) * UNIT;
      assertEquals(sent, memory.slice(body, sent.limit()));
      if (EntryHeader.hasKey(header)) {
        assertEquals(~message, Words.get(memory, at + UNIT));
      }
    }

    int units(long message) {
      return (int) (places[(int) message + 1] - places[(int) message]);
    }

    @Override
    public void failed(Run run, int index, long word) {
      failed++;
      completed = completed + 1;
      landed++;
    }

    @Override
    public void landed(Run run) {
      landed++;
    }

    @Override
    public String describe(long sequence) {
      return "message " + sequence + " of lane " + number;
    }
  }
}
