package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.link.NearRun;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.SegmentReads;
import io.gpumq.trackb.store.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds the bytes of delivered entries, and keeps them: in the window if it can, then by express,
 * then in an area that a whole segment is read into, else by a read of each. For one thread at a
 * time.
 */
final class EntryFinder implements Fetch.Wanted {
  /** The number of this reader's own memory. */
  static final int OWN = 0;

  private static final int AREAS = 1;

  /** Windows have the numbers from here on, one for each lane. */
  private static final int WINDOWS = 2;

  /** Entries of so many bytes together are worth the copy of a segment. */
  private static final int LONG_BYTES = 8 << 10;

  /** A reader that has so many new ones before it will want the rest of their segment, too. */
  private static final int MANY_BEHIND = 64;

  private static final int MOST_EXPRESS = 16;

  private final Reading reading;
  private int[] offsets = new int[64];
  private int[] sources = new int[64];

  // What is held until the release.
  private NearRun[] runs = new NearRun[4];
  private int runCount;
  private SegmentReads.Area[] areas = new SegmentReads.Area[2];
  private int areaCount;
  private ByteBuffer own = ByteBuffer.allocateDirect(0);

  // The delivery that is being found.
  private Lane lane;
  private EntryLog log;
  private Delivery delivery;

  /** Of this lane, found last: no other segment of it has the entries that this one has. */
  private Segment segment;

  /** Behind which the next one is being read. */
  private Segment readAheadOf;

  // What is to be fetched one by one.
  private long[] places = new long[16];
  private int[] units = new int[16];
  private int[] wanted = new int[16];
  private int count;
  private int ownUsed;

  EntryFinder(Reading reading) {
    this.reading = reading;
  }

  /** Finds all of a delivery; nothing was held. */
  void find(Lane from, Delivery taken) {
    if (from != lane) {
      lane = from;
      log = from.log();
      segment = null; // of the other lane
    }
    delivery = taken;
    count = 0;
    ownUsed = 0;
    makeRoom(taken.size());
    for (int i = 0; i < taken.size(); ) {
      int next = fromWindow(i);
      i = next > i ? next : fromStore(i);
    }
    if (count > 0) {
      fetch();
    }
    log.readTo(taken.last() + 1);
  }

  private void makeRoom(int size) {
    if (size > offsets.length) {
      int length = Math.max(size, 2 * offsets.length);
      offsets = new int[length];
      sources = new int[length];
    }
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
    if (!log.progress().holdNear(delivery.sequence(first), run)) {
      return first;
    }
    runCount++;
    int next = first;
    for (long sequence;
        next < delivery.size() && (sequence = delivery.sequence(next)) < run.end();
        next++) {
      offsets[next] = run.unit(place(sequence)) * UNIT;
      sources[next] = WINDOWS + lane.number();
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
    if (delivery.size() <= MOST_EXPRESS && fromExpress(first, sequence)) {
      return first + 1;
    }
    log.progress().awaitLanded(sequence, lane.alive());
    place(sequence);
    int next = first + 1;
    while (next < delivery.size() && segment.has(delivery.sequence(next))) {
      next++;
    }
    long last = delivery.sequence(next - 1);
    log.progress().awaitLanded(last, lane.alive());
    long end = log.endOf(segment, last);
    long bytes = (end - segment.place(sequence)) * UNIT;
    boolean isLong = bytes >= LONG_BYTES && next - first > 1;
    boolean isLate = !delivery.isRedelivery() && log.progress().landed() - last >= MANY_BEHIND;
    boolean isWorthCopy = (isLong || isLate) && SegmentReads.fits(segment);
    if (!isWorthCopy || !fromArea(first, next, end)) {
      for (int i = first; i < next; i++) {
        long own = delivery.sequence(i);
        want(i, own, own < last ? segment.place(own + 1) : end);
      }
    }
    return next;
  }

  private boolean fromExpress(int index, long sequence) {
    int at = takeOwn(lane.mostEntryBytes());
    if (!log.progress().copyExpress(sequence, own, at)) {
      ownUsed = at;
      return false;
    }
    offsets[index] = at;
    sources[index] = OWN;
    return true;
  }

  private boolean fromArea(int first, int next, long end) {
    SegmentReads reads = reading.segments();
    long start = segment.place(delivery.sequence(first));
    SegmentReads.Area area = reads.acquire(log, segment, start, end);
    if (area == null) {
      return false;
    }
    if (areaCount == areas.length) {
      areas = Arrays.copyOf(areas, 2 * areaCount);
    }
    areas[areaCount++] = area;
    for (int i = first; i < next; i++) {
      offsets[i] = area.offset(segment.place(delivery.sequence(i)));
      sources[i] = AREAS;
    }
    if (readAheadOf != segment) {
      readAhead();
    }
    return true;
  }

  private void readAhead() {
    Segment behind = log.behind(segment);
    if (behind != null && SegmentReads.fits(behind) && log.progress().landed() >= behind.end()) {
      reading.segments().readAhead(log, behind);
      readAheadOf = segment;
    }
  }

  private void want(int index, long sequence, long end) {
    if (count == places.length) {
      places = Arrays.copyOf(places, 2 * count);
      units = Arrays.copyOf(units, 2 * count);
      wanted = Arrays.copyOf(wanted, 2 * count);
    }
    places[count] = segment.place(sequence);
    units[count] = (int) (end - places[count]);
    wanted[count] = index;
    offsets[index] = takeOwn(units[count] * UNIT);
    sources[index] = OWN;
    count++;
  }

  /** Takes room in this reader's own memory; returns where it begins. */
  private int takeOwn(int bytes) {
    int at = ownUsed;
    int rounded = (bytes + UNIT - 1) / UNIT * UNIT;
    if (at + rounded > own.capacity()) {
      ByteBuffer more = ByteBuffer.allocateDirect(Math.max(at + rounded, 2 * own.capacity()));
      own = more.order(ByteOrder.LITTLE_ENDIAN).put(0, own, 0, at);
    }
    ownUsed = at + rounded;
    return at;
  }

  private void fetch() {
    Runnable alive = lane.alive();
    for (int done = 0; done < count; ) {
      int some = reading.fetch(this, done, own, alive);
      done += some;
      if (some == 0) {
        alive.run();
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long place(int index) {
    return places[index];
  }

  @Override
  public int units(int index) {
    return units[index];
  }

  @Override
  public int target(int index) {
    return offsets[wanted[index]];
  }

  /** Which memory an entry lies in. */
  int source(int index) {
    return sources[index];
  }

  /** Where in it, in bytes. */
  int offset(int index) {
    return offsets[index];
  }

  ByteBuffer memory(int source) {
    return switch (source) {
      case OWN -> own;
      case AREAS -> reading.segments().memory();
      default -> lane.window();
    };
  }

  /** Lets go of all that is held. */
  void release() {
    while (runCount > 0) {
      runs[--runCount].letGo();
    }
    while (areaCount > 0) {
      reading.segments().release(areas[--areaCount]);
      areas[areaCount] = null;
    }
  }
}
