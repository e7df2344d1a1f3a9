package io.gpumq.trackb.store;

import java.util.Arrays;
import java.util.BitSet;

/**
 * A segment of entries that lived on in others, and were moved there: between its sequences are
 * some that it has not. It keeps each entry's sequence and place, 6 bytes. Nothing is added to it.
 */
final class CleanedSegment extends Segment {
  /** Of each entry, less the first's. */
  private final int[] sequences;

  private final char[] offsets;

  /** Entries that stand behind a mark, which takes a unit. */
  private final BitSet marked;

  /**
   * @param number of the oldest segment that they come from
   * @param used units of all, the header's included
   * @param sequences of the entries, less the first's, in order
   * @param offsets of the entries, in units
   * @param marked which of them stand behind a mark
   */
  CleanedSegment(
      long place,
      int bytes,
      long first,
      long number,
      int used,
      int[] sequences,
      char[] offsets,
      BitSet marked) {
    super(place, bytes, first, false, number);
    this.sequences = sequences;
    this.offsets = offsets;
    this.marked = marked;
    this.count = sequences.length;
    this.used = used;
    seal();
  }

  @Override
  Segment at(long elsewhere) {
    return new CleanedSegment(
        elsewhere, bytes(), first(), number(), used, sequences, offsets, marked);
  }

  @Override
  public boolean isCleaned() {
    return true;
  }

  @Override
  public long movedEnd() {
    return end();
  }

  @Override
  public boolean isDescribed() {
    return true; // it was written with its header
  }

  @Override
  public int room() {
    return 0;
  }

  @Override
  public long end() {
    return first() + sequences[sequences.length - 1] + 1;
  }

  @Override
  public boolean has(long sequence) {
    return super.has(sequence) && find(sequence) >= 0;
  }

  @Override
  boolean lies(long sequence) {
    return find(sequence) >= 0;
  }

  @Override
  public long firstFrom(long sequence) {
    int index = indexFrom(sequence);
    return index < count ? first() + sequences[index] : end();
  }

  @Override
  long lastTo(long sequence) {
    int index = indexFrom(sequence + 1) - 1;
    return index < 0 ? first() - 1 : first() + sequences[index];
  }

  @Override
  int entriesFrom(long sequence) {
    return count - indexFrom(sequence);
  }

  @Override
  public long deletedFrom(long sequence, long end) {
    long deleted = super.deletedFrom(sequence, end);
    long next = sequence;
    while (next < deleted && find(next) >= 0) {
      next++;
    }
    return next;
  }

  /** Where the first of its entries from a sequence on lies. */
  @Override
  public long place(long sequence) {
    return place() + offsets[indexFrom(sequence)];
  }

  /** Where the last of its entries up to a sequence ends. */
  @Override
  public long endOf(long sequence) {
    int behind = indexFrom(sequence + 1);
    boolean isMarked = behind < count && marked.get(behind);
    return behind < count ? place() + offsets[behind] - (isMarked ? 1 : 0) : next();
  }

  /** The first entry whose sequence is not below one. */
  private int indexFrom(long sequence) {
    int index = find(sequence);
    return index >= 0 ? index : -index - 1;
  }

  private int find(long sequence) {
    long from = sequence - first();
    return Arrays.binarySearch(sequences, (int) Math.max(-1, Math.min(from, Integer.MAX_VALUE)));
  }
}
