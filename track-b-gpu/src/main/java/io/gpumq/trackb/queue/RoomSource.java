package io.gpumq.trackb.queue;

import io.gpumq.spi.waiting.Source;

/** Room for a message in a lane: what producers wait for. */
final class RoomSource implements Source {
  private final Lane lane;

  RoomSource(Lane lane) {
    this.lane = lane;
  }

  /** One may find room at a time: how much there is for the next is seen behind that. */
  @Override
  public int ready() {
    if (!lane.queue().state().takesMore()) {
      return ENDED;
    }
    return lane.hasRoom() ? 1 : 0;
  }

  /** Slots and chunks come back as messages of any queue land, and memory with them. */
  @Override
  public long nanosToLook() {
    return AT_ONCE;
  }
}
