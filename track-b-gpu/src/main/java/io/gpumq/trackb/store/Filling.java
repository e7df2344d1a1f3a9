package io.gpumq.trackb.store;

/**
 * How full a segment is: written with each entry, and in a cache line of its own, since readers
 * look at the rest of the segment meanwhile. For the holder of the lane's lock.
 */
abstract class Filling {
  /** Entries. */
  int count;

  /** Units that are used, the header's included. */
  int used;

  private long after1;
  private long after2;
  private long after3;
  private long after4;
  private long after5;
  private long after6;
  private long after7;

  Filling(int used) {
    this.used = used;
  }
}
