package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.Deliverable;

/** Tells which entries one group is to see: those that are messages, and not another group's. */
record Audience(Completions completions, Targets targets, String group) implements Deliverable {
  @Override
  public boolean deliverable(long sequence) {
    return completions.deliverable(sequence) && targets.isFor(sequence, group);
  }

  @Override
  public long runEnd(long from, long end) {
    return targets.isEmpty() ? completions.runEnd(from, end) : Deliverable.super.runEnd(from, end);
  }
}
