package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.Hold;
import java.util.function.Consumer;

/** A consumer's part of one lane. For one thread at a time. */
final class Part {
  private final Lane lane;
  private final Group group;
  private final Hold hold;
  private final Delivery delivery;

  /** What was too much at once is nobody's; made once. */
  private final Consumer<Delivery> takingBack = this::takeBack;

  Part(Lane lane, Group group) {
    this.lane = lane;
    this.group = group;
    hold = lane.groups().holds().join();
    delivery = new Delivery(hold);
  }

  Lane lane() {
    return lane;
  }

  Group group() {
    return group;
  }

  /** What this reader is about to read. */
  Hold hold() {
    return hold;
  }

  /** What was taken last. */
  Delivery delivery() {
    return delivery;
  }

  /** To be given what of a delivery is not for this reader now: another take finds it at once. */
  Consumer<Delivery> takingBack() {
    return takingBack;
  }

  private void takeBack(Delivery rest) {
    group.takeBack(rest);
    lane.queue().changed();
  }

  /** Leaves the lane. */
  void leave() {
    lane.groups().holds().leave(hold);
  }
}
