package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.Arrays;

/**
 * A block of the store that holds entries of one lane, one behind the other, behind a header. It
 * knows where each begins: by their size while they are all alike, else by a list, 2 bytes an
 * entry.
 *
 * <p>Written under its lane's lock. Who has seen an entry completed may ask for its place without:
 * the entry was published behind what is read for it here.
 */
public class Segment extends Filling {
  /** Units of a segment's header. */
  public static final int HEADER_UNITS = 4;

  private final long place;
  private final int bytes;
  private final long first;

  /** Whether it has one entry and no more. */
  private final boolean isOwn;

  /** How many segments its store gave out before. */
  private final long number;

  /** Set before others see it. */
  private long movedEnd;

  /** Behind its last entry, once no more is added. */
  private volatile long sealedEnd = Long.MAX_VALUE;

  /**
   * Units of each entry, or 0 once they differ: then there is a list. Volatile, as the list is: a
   * reader may come upon a new one, which must be whole. They are seldom written.
   */
  private volatile int stride;

  private volatile char[] offsets;

  /** {@code null} while none was deleted. Under the lock. */
  private DeletedEntries deleted;

  // Under the lane's lock.
  private boolean isPinned;
  private boolean isDescribed;

  /**
   * @param place where it lies, in units
   * @param bytes of the block; at most a megabyte, since that is how far a list can tell, unless it
   *     is one entry's own
   * @param first the sequence of its first entry
   * @param isOwn whether it is for one entry
   * @param number how many segments its store gave out before
   */
  Segment(long place, int bytes, long first, boolean isOwn, long number) {
    super(HEADER_UNITS);
    this.place = place;
    this.bytes = bytes;
    this.first = first;
    this.isOwn = isOwn;
    this.number = number;
  }

  /** How many segments its store gave out before: the lower, the older is what it holds. */
  long number() {
    return number;
  }

  /** What one with so many units of entries takes, in bytes. */
  public static int bytes(long units) {
    return (int) Math.min(Arena.MOST_BYTES, (HEADER_UNITS + units) * UNIT);
  }

  /** What it takes of the store. */
  public static int blockBytes(int units) {
    return Arena.blockBytes(bytes(units));
  }

  /** Where it lies, in units. */
  public long place() {
    return place;
  }

  public int bytes() {
    return bytes;
  }

  /** The sequence of its first entry. */
  public long first() {
    return first;
  }

  /** One more than the sequence of its last. */
  public long end() {
    return first + count;
  }

  /** Units that are left for entries. */
  public int room() {
    return isOwn && count > 0 ? 0 : bytes / UNIT - used;
  }

  /** Whether it has one entry and no more. */
  public boolean isOwn() {
    return isOwn;
  }

  /** Whether its entries were moved there, and some between them had gone. */
  public boolean isCleaned() {
    return false;
  }

  /** Every entry below was moved there: whoever noted its place before has another. */
  public long movedEnd() {
    return movedEnd;
  }

  int usedBytes() {
    return used * UNIT;
  }

  /** Units that are used, the header's included. Under the lane's lock, or once it is sealed. */
  public int usedUnits() {
    return used;
  }

  /** Entries that it has. Under the lane's lock, or once it is sealed. */
  public int entries() {
    return count;
  }

  /** Keeps it from being given back while its header is written. Under the lane's lock. */
  public void pin() {
    isPinned = true;
  }

  /** Its header is written, or was not after all. Under the lane's lock. */
  public void unpin(boolean isWritten) {
    isPinned = false;
    isDescribed |= isWritten;
  }

  boolean isPinned() {
    return isPinned;
  }

  /** Whether its header says what it is. Under the lane's lock. */
  public boolean isDescribed() {
    return isDescribed;
  }

  /** Whether the cleaner has nothing to do with it: it has its header, and nothing was deleted. */
  boolean isAsItStays() {
    return isDescribed && deleted == null;
  }

  /** What an entry takes here, in bytes: about that, where they differ. Under no lock. */
  public int entryBytes() {
    int each = stride;
    return (each != 0 ? each : (used - HEADER_UNITS) / Math.max(1, count)) * UNIT;
  }

  /** Units that each entry takes, or 0 where they differ. Under no lock. */
  public int stride() {
    return stride;
  }

  /** Where the next entry goes, and the last one ends. */
  public long next() {
    return place + used;
  }

  /** Adds an entry of so many units, for which there is room. */
  public void append(int units) {
    if (stride != units) {
      addToList(units);
    }
    used += units;
    count++;
  }

  /** Adds entries of so many units each, for all of which there is room. */
  public void append(int entries, int units) {
    if (stride == units || count == 0) {
      stride = units;
      used += entries * units;
      count += entries;
    } else {
      for (int i = 0; i < entries; i++) {
        append(units);
      }
    }
  }

  private void addToList(int units) {
    if (count == 0) {
      stride = units;
      return;
    }
    if (stride != 0) {
      beginList();
    }
    char[] list = offsets;
    if (count == list.length) {
      list = Arrays.copyOf(list, most(units));
      offsets = list;
    }
    list[count] = (char) used;
  }

  /** Begins the list, since this entry is of another size than those before. */
  private void beginList() {
    char[] each = new char[Math.max(8, 2 * count)];
    for (int i = 0; i < count; i++) {
      each[i] = (char) (HEADER_UNITS + i * stride);
    }
    offsets = each;
    stride = 0; // behind the list: who sees it finds that
  }

  /** How long the list gets: to what the rest has room for if entries stay as long as so far. */
  private int most(int units) {
    int average = Math.max(1, (used - HEADER_UNITS) / count);
    return count + Math.max(8, Math.min(count, (room() - units) / average + 1));
  }

  /**
   * Returns what it is once its bytes, as they are now, lie at another place. Under the lane's
   * lock. The list stays in use: nothing is added here any more once that one is in its place.
   */
  Segment at(long elsewhere) {
    Segment other = new Segment(elsewhere, bytes, first, isOwn, number);
    other.count = count;
    other.used = used;
    other.stride = stride;
    other.offsets = offsets;
    other.sealedEnd = sealedEnd;
    other.isDescribed = sealedEnd == end();
    other.movedEnd = end();
    return other;
  }

  /** Nothing is added any more. */
  void seal() {
    sealedEnd = end();
  }

  /**
   * Its lane leaves it: who comes upon it finds nothing in it. The volatile write pairs with the
   * read in {@link #has} of a reader that has set its hold: either that finds nothing here, or who
   * looks at the holds behind this finds the hold.
   */
  void retire() {
    sealedEnd = Long.MIN_VALUE;
  }

  /** The first of its entries from a sequence on, or one from its end on. */
  public long firstFrom(long sequence) {
    return Math.max(first, sequence);
  }

  /** Whether an entry that was completed lies here. */
  public boolean has(long sequence) {
    return sequence >= first && sequence < sealedEnd;
  }

  /** Whether an entry lies here, though its lane may have left this. */
  boolean lies(long sequence) {
    return sequence >= first && sequence < end();
  }

  /** Deletes an entry of its; returns whether it was not deleted before. Under the lane's lock. */
  public boolean delete(long sequence) {
    if (deleted == null) {
      deleted = new DeletedEntries();
    }
    return deleted.add((int) (sequence - first));
  }

  /**
   * How many sequences of its, from one on, have no entry here or one that was deleted. Under the
   * lane's lock.
   */
  long goneFrom(long sequence) {
    long from = Math.max(first, sequence);
    long missing = end() - from - entriesFrom(from);
    return missing + (deleted == null ? 0 : deleted.countFrom((int) (from - first)));
  }

  /** How many entries it has from a sequence on, deleted ones included. */
  int entriesFrom(long sequence) {
    return (int) (end() - sequence);
  }

  /** The first entry of its from one on that was deleted, or {@code end}. Under the lane's lock. */
  public long deletedFrom(long sequence, long end) {
    int index = deleted == null ? -1 : deleted.next((int) (sequence - first));
    return index < 0 ? end : Math.min(end, first + index);
  }

  /**
   * The first of its entries from one on that was not deleted, or one from its end on. Under the
   * lane's lock.
   */
  long firstKept(long sequence) {
    long next = firstFrom(sequence);
    while (deleted != null && next < end() && deleted.has((int) (next - first))) {
      next = firstFrom(first + deleted.nextKept((int) (next - first)));
    }
    return next;
  }

  /**
   * The last of its entries up to one that was not deleted, or one before its first. Under the
   * lane's lock.
   */
  long lastKept(long sequence) {
    long last = lastTo(sequence);
    while (deleted != null && last >= first && deleted.has((int) (last - first))) {
      last = lastTo(first + deleted.lastKept((int) (last - first)));
    }
    return last;
  }

  /** The last of its entries up to a sequence, or one before its first. */
  long lastTo(long sequence) {
    return Math.max(first - 1, Math.min(end() - 1, sequence));
  }

  /** What was deleted in another of which entries have moved here is so here. Under the lock. */
  void deleteAsIn(Segment other) {
    DeletedEntries gone = other.deleted;
    int next = gone == null ? -1 : gone.next(0);
    for (; next >= 0; next = gone.next(next + 1)) {
      if (has(other.first + next)) {
        delete(other.first + next);
      }
    }
  }

  /** Where an entry of its lies. */
  public long place(long sequence) {
    int index = (int) (sequence - first);
    int each = stride;
    return place + (each != 0 ? HEADER_UNITS + index * each : offsets[index]);
  }

  /** Where an entry of its ends. */
  public long endOf(long sequence) {
    return sequence + 1 < end() ? place(sequence + 1) : next();
  }

  /** Bytes from the beginning of one entry to that of another behind it. */
  public int bytesBetween(long sequence, long other) {
    return (int) (place(other) - place(sequence)) * UNIT;
  }

  /** The lowest sequence from which on its entries take no more than so many units. */
  long within(long units) {
    long most = used - units;
    long low = first;
    long high = end();
    while (low < high) {
      long middle = low + high >>> 1;
      if (place(middle) - place >= most) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * The end of the entries from one on that have room in so many units.
   *
   * @param end behind the last that may be, which is known to lie here
   */
  public long fitting(long sequence, long end, int units) {
    int each = stride;
    if (each != 0) {
      return Math.min(end, sequence + units / each);
    }
    long most = place(sequence) + units;
    long low = sequence;
    long high = end;
    while (low < high) { // the last that ends in time
      long middle = low + high + 1 >>> 1;
      if (endOf(middle - 1) <= most) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
