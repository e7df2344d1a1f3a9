package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.spi.Steps;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.link.NearRun;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.LargeRead;
import io.gpumq.trackb.log.SegmentReads;
import io.gpumq.trackb.store.Segment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Finds the bytes of delivered entries, and keeps them: in the window if it can, then by express,
 * then in areas that long runs are read into, else by reads of what lies together. For one thread
 * at a time.
 */
final class EntryFinder {
  /** The number of this reader's own memory. */
  static final int OWN = 0;

  /** That of the areas which long runs are read into. */
  static final int AREAS = 1;

  /** That of the memory which large entries are read into. */
  private static final int LARGE = 2;

  /** Windows have the numbers from here on, one for each lane. */
  private static final int WINDOWS = 3;

  /** Entries of more units are large. */
  private static final int LARGE_UNITS = RingShape.LARGEST_PAYLOAD / UNIT;

  /** Entries of so many bytes together are worth an area. */
  private static final int LONG_BYTES = 8 << 10;

  /** What one read of the device brings at most, unless it is one entry. */
  private static final int MOST_READ_UNITS = (4 << 10) / UNIT;

  /** What one delivery should hold at most, and how many entries that may be. */
  private static final int MOST_BYTES = 256 << 10;

  private static final int MOST_ENTRIES = 4096;

  private final Reading reading;
  private Piece[] pieces = new Piece[4];
  private int pieceCount;

  // What is held until the release.
  private NearRun[] runs = new NearRun[4];
  private int runCount;
  private SegmentReads.Area[] areas = new SegmentReads.Area[2];
  private int areaCount;
  private LargeRead[] larges = new LargeRead[1];
  private int largeCount;
  private final OwnReads own = new OwnReads();

  // The delivery that is being found.
  private Lane lane;
  private EntryLog log;
  private Delivery delivery;

  /** Of this lane, found last: no other segment of it has the entries that this one has. */
  private Segment segment;

  /** Bytes of its large entries. */
  private int largeBytes;

  /** Its entries that are found, from the first on. */
  private int found;

  /** Whether what is to be read is read together with what others want. */
  private boolean isJoint;

  private boolean mayOwnLarge;

  /** Whether reading has begun for this delivery. */
  private boolean isReading;

  EntryFinder(Reading reading) {
    this.reading = reading;
  }

  /**
   * Begins to find a delivery; nothing was held. {@link #fetch} and {@link #end} must follow.
   *
   * @param jointly whether what is to be read is read together with what others want
   * @param mayOwn whether large entries may go to memory of its own, where that of all is taken
   */
  void begin(Lane from, Delivery taken, boolean jointly, boolean mayOwn) {
    if (from != lane) {
      lane = from;
      log = from.log();
      segment = null; // of the other lane
    }
    delivery = taken;
    isJoint = jointly;
    mayOwnLarge = mayOwn;
    pieceCount = 0;
    own.clear();
    isReading = false;
    largeBytes = 0;
    found = 0;
    for (int next = -1; found < taken.size() && next != found; ) {
      next = found;
      int near = fromWindow(next);
      found = near > next ? near : fromStore(next);
    }
  }

  /** What is to be read yet. */
  OwnReads wanted() {
    return own;
  }

  /** Reads what this or others want, and waits for it. */
  void fetch(Fetch.Wanted wanted) {
    if (wanted.count() > 0) {
      beginReading();
      reading.fetch(wanted);
    }
  }

  /** Whether none is found, since the memory for large entries is taken. */
  boolean isRefused() {
    return found == 0;
  }

  /**
   * Waits for the rest.
   *
   * @return how many entries are found, from the first on: all, unless they are large and many
   */
  int end() {
    for (int i = 0; i < largeCount; i++) {
      larges[i].await();
    }
    if (found > 0) {
      log.readTo(delivery.sequence(found - 1) + 1);
    }
    return found;
  }

  /** Entries to take next at most, by the size of those that were found last. */
  int mostEntries() {
    int bytes = segment == null ? 0 : segment.entryBytes();
    return bytes == 0 ? MOST_ENTRIES : Math.max(1, Math.min(MOST_ENTRIES, MOST_BYTES / bytes));
  }

  /** The piece that an entry of the delivery lies in. */
  Piece piece(int index) {
    int low = 0;
    int high = pieceCount - 1;
    while (low < high) {
      int middle = low + high >>> 1;
      if (pieces[middle].end() <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return pieces[low];
  }

  private void addPiece(int begin, int end, int memory, int offset) {
    if (pieceCount == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * pieceCount);
    }
    if (pieces[pieceCount] == null) {
      pieces[pieceCount] = new Piece();
    }
    pieces[pieceCount++].set(begin, end, delivery.sequence(begin), segment, memory, offset);
  }

  /** Finds entries from one on that lie in a run of the window; returns the first that does not. */
  private int fromWindow(int first) {
    if (runCount == runs.length) {
      runs = Arrays.copyOf(runs, 2 * runCount);
    }
    if (runs[runCount] == null) {
      runs[runCount] = new NearRun();
    }
    NearRun run = runs[runCount];
    long sequence = delivery.sequence(first);
    if (!log.progress().holdNear(sequence, run)) {
      return first;
    }
    long place = place(sequence);
    if (sequence < segment.movedEnd()) { // the run knows the place before
      run.letGo();
      return first;
    }
    runCount++;
    int next = behind(first, run.end()); // a run lies in one segment
    addPiece(first, next, WINDOWS + lane.number(), run.unit(place) * UNIT);
    return next;
  }

  /** The first entry from one on that is not below a sequence. */
  private int behind(int first, long end) {
    if (delivery.isWholeRange()) {
      return (int) Math.min(delivery.size(), end - delivery.first());
    }
    int next = first;
    while (next < delivery.size() && delivery.sequence(next) < end) {
      next++;
    }
    return next;
  }

  private long place(long sequence) {
    if (segment == null || !segment.has(sequence)) {
      segment = log.segmentOf(sequence);
    }
    return segment.place(sequence);
  }

  /** Finds entries from one on that lie in one segment; returns the first that does not. */
  private int fromStore(int first) {
    long sequence = delivery.sequence(first);
    if (fromExpress(first, sequence)) {
      return first + 1;
    }
    log.progress().awaitLanded(sequence, lane.alive());
    long start = place(sequence);
    int next = lying(first, behind(first, segment.end()));
    long last = delivery.sequence(next - 1);
    log.progress().awaitLanded(last, lane.alive());
    long end = log.endOf(segment, last);
    if (end - start > LARGE_UNITS && next - first == 1 && lane.queue().hasLarge()) {
      return fromLarge(first, start, end);
    }
    boolean isLong = (end - start) * UNIT >= LONG_BYTES && next - first > 1;
    boolean isLate = !delivery.isRedelivery() && SegmentReads.isLate(log, last);
    boolean inAreas = !isJoint && (isLong || isLate);
    for (int i = inAreas ? fromAreas(first, next) : first; i < next; ) {
      i = want(i, next, end);
    }
    return next;
  }

  /** Finds a large entry; returns {@code index} if it is too much beside what is there. */
  private int fromLarge(int index, long start, long end) {
    int bytes = (int) (end - start) * UNIT;
    if (index > 0 && largeBytes + bytes > Portion.MOST_BYTES) {
      return index;
    }
    largeBytes += bytes;
    if (largeCount == larges.length) {
      larges = Arrays.copyOf(larges, 2 * largeCount);
    }
    if (larges[largeCount] == null) {
      larges[largeCount] = reading.large().read();
    }
    LargeRead read = larges[largeCount];
    boolean mayWait = largeCount == 0 && !isJoint;
    if (!reading.large().begin(read, start, bytes, mayWait)) {
      return mayOwnLarge ? want(index, index + 1, end) : index;
    }
    largeCount++;
    addPiece(index, index + 1, LARGE, read.at());
    return index + 1;
  }

  /**
   * The first entry behind one that does not lie in its segment. In a cleaned one there is only
   * what lived: what others settled since this was delivered still lies where it was.
   */
  private int lying(int first, int end) {
    if (!segment.isCleaned()) {
      return end;
    }
    int next = first + 1;
    while (next < end && segment.has(delivery.sequence(next))) {
      next++;
    }
    return next;
  }

  private void beginReading() {
    if (!isReading) {
      reading.begin();
      isReading = true;
    }
  }

  private boolean fromExpress(int index, long sequence) {
    if (!log.progress().isExpress(sequence)) {
      return false;
    }
    int at = own.take(lane.mostEntryBytes());
    if (!log.progress().copyExpress(sequence, own.memory(), at)) {
      own.giveBack(at);
      return false;
    }
    place(sequence);
    addPiece(index, index + 1, OWN, at);
    return true;
  }

  /** Finds entries from one on in areas; returns the first that has none. */
  private int fromAreas(int first, int next) {
    beginReading();
    SegmentReads reads = reading.areas();
    int index = first;
    while (reads != null && index < next) {
      long sequence = delivery.sequence(index);
      SegmentReads.Area area = reads.take(log, segment, sequence);
      if (area == null) {
        break;
      }
      if (!area.await(reading.alive())) {
        break;
      }
      keep(area);
      int behind = Math.min(next, behind(index, area.end()));
      addPiece(index, behind, AREAS, area.offset(sequence));
      index = behind;
    }
    return index;
  }

  private void keep(SegmentReads.Area area) {
    if (areaCount == areas.length) {
      areas = Arrays.copyOf(areas, 2 * areaCount);
    }
    areas[areaCount++] = area;
  }

  /**
   * Wants entries from one on that lie one behind the other, in one read; returns the first that is
   * not among them.
   *
   * @param most index behind the last that may be
   * @param end where the last of these ends in the store
   */
  private int want(int first, int most, long end) {
    long sequence = delivery.sequence(first);
    long start = segment.place(sequence);
    long behind = endOf(first, most, end);
    int next = first + 1;
    while (next < most && delivery.sequence(next) == sequence + next - first) {
      long longer = endOf(next, most, end);
      if (longer - start > MOST_READ_UNITS) {
        break;
      }
      behind = longer;
      next++;
    }
    addPiece(first, next, OWN, own.want(start, (int) (behind - start)));
    return next;
  }

  /** Where an entry ends, which is known where another follows. */
  private long endOf(int index, int most, long end) {
    return index == most - 1 ? end : segment.endOf(delivery.sequence(index));
  }

  ByteBuffer memory(int number) {
    return switch (number) {
      case OWN -> own.memory();
      case AREAS -> reading.window();
      case LARGE -> reading.large().memory();
      default -> lane.window();
    };
  }

  /** Lets go of all that is held. */
  void release() {
    while (runCount > 0) {
      runs[--runCount].letGo();
    }
    while (areaCount > 0) {
      areas[--areaCount].release();
      areas[areaCount] = null;
    }
    if (largeCount > 0) {
      releaseLarge();
    }
  }

  /** All of them, though the device may have failed: then each tells so. */
  private void releaseLarge() {
    Steps steps = new Steps();
    while (largeCount > 0) {
      steps.run(larges[--largeCount]::letGo);
    }
    steps.finish();
  }

  /** Lets go of all, and looks at nothing any more. */
  void close() {
    new Steps().run(this::release).run(reading::close).finish();
  }
}
