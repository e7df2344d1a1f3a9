package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.store.Store;

/**
 * Who looks after the logs of a track, so that memory comes back which nobody uses.
 *
 * @param resting logs that keep a segment for what comes next
 * @param cleaner of those that keep segments of which entries have gone
 * @param yielding logs that keep settled entries until their memory is wanted
 */
public record Upkeep(Resting resting, Cleaner cleaner, Yielding yielding) {
  /** The cleaner moves nothing until it is told {@link Cleaner#moveBy by what}. */
  public static Upkeep of(Store store) {
    return new Upkeep(new Resting(), new Cleaner(store), new Yielding());
  }

  /**
   * Makes room for somebody who lacks it. May wait for the device; the caller has no lock.
   *
   * @param share that is used up, so that no other's memory helps; or {@code null}
   * @return whether it is worth to look again
   */
  boolean makeRoom(Share share) {
    return resting.giveBack() || cleaner.makeRoom() || yielding.giveBack(share);
  }

  /**
   * Makes room for what is to be taken at once. As {@link #makeRoom(Share)}, but nothing is given
   * up where all that could be would not be enough.
   *
   * @param missing bytes that are, 1 or more
   */
  public boolean makeRoomFor(long missing) {
    return resting.giveBack()
        || cleaner.makeRoom()
        || yielding.mostBytes() >= missing && yielding.giveBack(null);
  }
}
