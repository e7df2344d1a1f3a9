package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.Group;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;

/**
 * Counts what a ring's groups have before them. It looks at the entries themselves, so that nothing
 * is counted on the way of a message; no lock is held for longer than a step. While messages come
 * and go a figure is of no one moment, but never more than the ring holds.
 */
final class Backlog {
  /** Entries looked at under a group's lock. */
  private static final int STEP = 4096;

  private final Releases releases;
  private final Completions completions;
  private final Targets targets;
  private final IngressRing ingress;
  private final Marks marks;
  private final int capacity;

  Backlog(
      Releases releases,
      Completions completions,
      Targets targets,
      IngressRing ingress,
      Marks marks,
      RingGeometry g) {
    this.releases = releases;
    this.completions = completions;
    this.targets = targets;
    this.ingress = ingress;
    this.marks = marks;
    this.capacity = g.capacity();
  }

  /** Returns the messages that some group has not settled; without a group, all that are kept. */
  long depth() {
    long end = ingress.claimed();
    long from = releases.oldest();
    Collection<Releases.Member> members = releases.members();
    long depth = 0;
    BitSet unsettled = new BitSet(STEP);
    for (long next; from < end; from = next) {
      next = Math.min(end, from + STEP);
      unsettled.clear();
      if (members.isEmpty()) {
        unsettled.set(0, (int) (next - from));
      }
      for (Releases.Member member : members) {
        addUnsettled(member, from, next, unsettled);
      }
      depth += count(from, next, unsettled);
    }
    return Math.min(depth, capacity);
  }

  private void addUnsettled(Releases.Member member, long from, long to, BitSet unsettled) {
    if (member.group().acknowledgedTo() >= to) {
      return;
    }
    addNew(member, from, member.group().pending(from, to, unsettled), to, unsettled);
  }

  /** Sets the bits of the entries from the group's cursor on that it is to see. */
  private void addNew(Releases.Member member, long from, long cursor, long to, BitSet bits) {
    long first = Math.max(from, Math.min(cursor, to));
    if (targets.isEmpty()) {
      bits.set((int) (first - from), (int) (to - from));
      return;
    }
    for (long sequence = first; sequence < to; sequence++) {
      if (targets.isFor(sequence, member.group().name())) {
        bits.set((int) (sequence - from));
      }
    }
  }

  /** Counts those that are messages, or may turn out to be. */
  private long count(long from, long to, BitSet unsettled) {
    long known = Math.min(to, completions.completed());
    if (known > from && completions.runEnd(from, known) < known) {
      for (int i = unsettled.nextSetBit(0); i >= 0 && from + i < known; ) {
        if (isNone(from + i)) {
          unsettled.clear(i);
        }
        i = unsettled.nextSetBit(i + 1);
      }
    }
    return unsettled.cardinality();
  }

  /** Returns whether a completed sequence holds no message for consumers. */
  private boolean isNone(long sequence) {
    return completions.isComplete(sequence) && !completions.deliverable(sequence);
  }

  /** Returns the messages sent that a group has not been handed. */
  long lag(Releases.Member member) {
    long end = ingress.claimed();
    long from = cursor(member.group());
    long lag = 0;
    BitSet unseen = new BitSet(STEP);
    for (long next; from < end; from = next) {
      next = Math.min(end, from + STEP);
      unseen.clear();
      addNew(member, from, cursor(member.group()), next, unseen); // it may have gone on meanwhile
      lag += count(from, next, unseen);
    }
    return lag;
  }

  private static long cursor(Group group) {
    return group.pending(0, 0, null);
  }

  /** Returns how long ago the oldest message was sent that a group has not settled, or zero. */
  Duration oldestAge(Releases.Member member) {
    long end = ingress.claimed();
    long completed = completions.completed();
    for (long next = member.group().acknowledgedTo(); next < end; next++) {
      boolean known = next < completed;
      if (known && !member.audience().deliverable(next)) {
        continue;
      }
      if (!known && !ingress.isPublished(next)) {
        break; // its time is not there yet
      }
      long sent = Marks.sentMillis(marks.word(next));
      return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - sent));
    }
    return Duration.ZERO;
  }
}
