package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segments;

/**
 * What a log keeps of the store, and when it gives it back: a segment goes as soon as all in it is
 * released and has landed. The last one may stay while it is small, until the log {@link Resting
 * rests}. Safe for use by many threads; takes the log's lock where it says so.
 */
final class Kept {
  private final Tail tail;
  private final Watermarks marks;
  private final Segments segments;
  private final Upkeep upkeep;
  private final SealedSegments sealed;

  /**
   * Memory can be given back once all below is released and has landed. Who has written one of
   * these three looks at the others behind it: so the last one gives it back.
   */
  private volatile long freeable = Segments.NOTHING;

  /** Whether it is among those that rest. Written under the lock. */
  private volatile boolean isResting;

  // Under the lock.
  private long claimedAtLook;
  private boolean isEnded;

  /** Entries of it that are being copied to other logs. */
  private int copies;

  /** Whether its ring has ended while some were. */
  private boolean hasRingEnded;

  /** What the cleaner does here; made when it is first told of this log. */
  private Cleaning cleaning;

  /** Whether the cleaner has it among those that it looks at. */
  private boolean isUntidy;

  /**
   * @param tail the log's lock
   * @param marks how far its entries have come
   * @param deletions of its entries
   */
  Kept(Tail tail, Watermarks marks, Segments segments, Deletions deletions, Upkeep upkeep) {
    this.tail = tail;
    this.marks = marks;
    this.segments = segments;
    this.upkeep = upkeep;
    sealed = new SealedSegments(this, tail, marks, segments, deletions);
  }

  /** Those that the cleaner deals with. */
  SealedSegments sealed() {
    return sealed;
  }

  /** Gives back what is due, now that one more has been released, or has landed. Takes the lock. */
  void giveBackWhatIsDue() {
    long end = freeable;
    if (end == Segments.NOTHING) {
      restIfDrained();
    } else if (isDue(end)) {
      tail.lock();
      try {
        giveBack();
      } finally {
        tail.unlock();
      }
    }
  }

  /** What has not landed, the device may still write to. */
  private boolean isDue(long end) {
    long to = end == Segments.ALL ? tail.claimed() : end;
    return marks.released() >= to && marks.landed() >= to;
  }

  private void giveBack() {
    do {
      segments.releaseBelow(Math.min(marks.released(), marks.landed()), !isEnded);
      freeable = segments.freeable(!isEnded);
    } while (isDue(freeable));
    beUntidy();
  }

  /** Tells the cleaner where there is a segment to which nothing is added any more. */
  private void beUntidy() {
    if (!isUntidy && segments.count() > 1) {
      isUntidy = true;
      cleaning = cleaning == null ? new Cleaning(sealed, marks, upkeep.cleaner()) : cleaning;
      upkeep.cleaner().add(cleaning);
    }
  }

  /** Whether there still is one; else it tells again. Takes the lock. */
  boolean staysUntidy() {
    tail.lock();
    try {
      isUntidy = segments.count() > 1;
      return isUntidy;
    } finally {
      tail.unlock();
    }
  }

  /** What can be given back may have changed, and be released already. Under the lock. */
  void note() {
    if (segments.freeable(!isEnded) != freeable) {
      giveBack();
    }
  }

  private void restIfDrained() {
    if (isResting || marks.released() < tail.claimed()) {
      return;
    }
    tail.lock();
    try {
      if (!isResting && isDrained()) {
        isResting = true;
        claimedAtLook = -1;
        upkeep.resting().add(this);
      }
    } finally {
      tail.unlock();
    }
  }

  /** Whether it keeps a segment, and nothing in it. */
  private boolean isDrained() {
    return segments.count() > 0 && isDue(Segments.ALL);
  }

  /**
   * Looks whether it still rests, and gives its segment back if so. Takes the lock.
   *
   * @param isShort whether memory is wanted at once; else it rests if nothing was claimed since the
   *     last look
   * @return whether it is to be looked at again
   */
  boolean look(boolean isShort) {
    tail.lock();
    try {
      boolean isDrained = isDrained();
      boolean staysAwake = isDrained && !isShort && claimedAtLook != tail.claimed();
      claimedAtLook = tail.claimed();
      isResting = staysAwake;
      if (isDrained && !staysAwake) {
        segments.releaseBelow(tail.claimed(), false);
        freeable = segments.freeable(!isEnded);
      }
      return staysAwake;
    } finally {
      tail.unlock();
    }
  }

  /**
   * Keeps what is here, since an entry of it is copied to another log: the end of this one waits
   * for that. Takes the lock.
   *
   * @return false if it has ended: there is nothing to copy any more
   */
  boolean beginCopy() {
    tail.lock();
    try {
      copies += isEnded ? 0 : 1;
      return !isEnded;
    } finally {
      tail.unlock();
    }
  }

  /** The copy has landed, or has failed. Takes the lock. */
  void endCopy() {
    tail.lock();
    try {
      copies--;
      if (isEnded) {
        giveUp();
      }
    } finally {
      tail.unlock();
    }
  }

  /** Nothing is claimed any more: all is given back, as soon as all has landed. Under the lock. */
  void end() {
    isEnded = true;
    giveUp();
  }

  private void giveUp() {
    if (copies > 0) {
      return; // the last of them comes here again
    }
    if (hasRingEnded) {
      segments.releaseBelow(tail.claimed(), false);
    }
    marks.releaseTo(tail.claimed());
    freeable = segments.freeable(false);
    if (isDue(freeable)) {
      giveBack(); // nothing more may land, and nobody else would
    }
  }

  /** Gives back all that is left: nothing writes there any more. Takes the lock. */
  void giveBackAll() {
    tail.lock();
    try {
      hasRingEnded = true;
      giveUp();
    } finally {
      tail.unlock();
    }
  }
}
