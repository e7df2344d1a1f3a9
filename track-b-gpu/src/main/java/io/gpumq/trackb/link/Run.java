package io.gpumq.trackb.link;

import io.gpumq.trackb.waiting.Padding;

/**
 * What was claimed together: entries of one owner that follow each other in their queue, in a
 * chunk, and in the store. A slot of the ring holds one, that of its first sequence. Written by
 * whoever claimed it, before it is published.
 */
public final class Run extends Padding {
  Carried owner;
  private long slot;
  private long sequence;
  private int count;
  private long place;
  private Chunk chunk;
  private int unit;
  private int units;
  private long filling;
  private boolean pushed;

  /** Whether its one message was completed by express, and has not landed. */
  private boolean isLanding;

  /**
   * Describes a run.
   *
   * @param slot the first slot's sequence in the ring
   * @param owner hears of it
   * @param sequence of the first entry, in its queue
   * @param place of the first entry in the store
   * @param chunk which it lies in, or {@code null} for what was not written there
   * @param unit where it lies in the ingress memory, and in the window
   * @param units of all its entries
   * @param pushed whether it goes to the window
   */
  void set(
      long slot,
      Carried owner,
      long sequence,
      int count,
      long place,
      Chunk chunk,
      int unit,
      int units,
      boolean pushed) {
    this.slot = slot;
    this.owner = owner;
    this.sequence = sequence;
    this.count = count;
    this.place = place;
    this.chunk = chunk;
    this.unit = unit;
    this.units = units;
    this.pushed = pushed;
    filling = chunk == null ? 0 : chunk.filling();
  }

  /** Becomes what another run is, which is only looked at: its producer writes beside it. */
  void take(Run other) {
    slot = other.slot;
    owner = other.owner;
    sequence = other.sequence;
    count = other.count;
    place = other.place;
    chunk = other.chunk;
    unit = other.unit;
    units = other.units;
    filling = other.filling;
    pushed = other.pushed;
  }

  /** Its one message was completed by express: its owner is to hear when it has landed. */
  void awaitLanding(Carried whose) {
    owner = whose;
    isLanding = true;
  }

  /** Tells the owner that it has landed, if it waits for that. */
  void land() {
    if (isLanding) {
      isLanding = false;
      owner.landed(this);
      owner = null;
    }
  }

  /** The first slot's sequence in the ring. */
  public long slot() {
    return slot;
  }

  /** The first entry's sequence in its queue. */
  public long sequence() {
    return sequence;
  }

  /** Entries. */
  public int count() {
    return count;
  }

  /** Whether an entry of its owner is one of it. */
  boolean has(long entry) {
    return entry >= sequence && entry < sequence + count;
  }

  /** Where the first entry lies in the store, in units; the others follow it. */
  public long place() {
    return place;
  }

  /** Whether the entries lie in the window, too. */
  public boolean isPushed() {
    return pushed;
  }

  /** The device did not bring them there, although it was allowed to. */
  void leaveOut() {
    pushed = false;
  }

  /** The chunk of the window that they lie in. */
  Chunk chunk() {
    return chunk;
  }

  /** Where the first lies in the window, in units. */
  int unit() {
    return unit;
  }

  /** Units of all entries. */
  int units() {
    return units;
  }

  /** Which filling of its chunk it belongs to. */
  long filling() {
    return filling;
  }
}
