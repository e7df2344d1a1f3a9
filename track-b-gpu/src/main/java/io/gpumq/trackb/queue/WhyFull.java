package io.gpumq.trackb.queue;

import io.gpumq.trackb.store.Share;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Why a lane has no room for a message, in words, and what can be done about it. */
final class WhyFull {
  private static final int MOST_NAMED = 3;

  private final Shop shop;
  private final Queue queue;
  private final Lane lane;

  WhyFull(Shop shop, Queue queue, Lane lane) {
    this.shop = shop;
    this.queue = queue;
    this.lane = lane;
  }

  /**
   * Says it.
   *
   * @param timeout that was waited
   * @param holder who holds the lane's oldest entry
   */
  String text(Duration timeout, String holder) {
    String where = lane.where() + "queue '" + queue.name() + "' is full: ";
    int lacked = lane.log().lackedBytes();
    if (lacked == 0) {
      long limit = lane.limit();
      long kept = lane.log().keptFrom(lane.log().released());
      return kept < limit
          ? where + "its ring had no room within " + timeout + ": the device is that far behind"
          : where + "no room among its " + limit + " entries within " + timeout + "; " + holder;
    }
    Share share = queue.share();
    if (!share.mayHold(lacked)) {
      String held = "it holds " + share.held() + " of its " + share.mostBytes() + " max-bytes";
      return where + held + ", and none became free within " + timeout + "; " + holder;
    }
    long free = shop.store().unpromisedBytes();
    String why = free < lacked ? " bytes has no room" : cut(free, lacked);
    return where
        + "the store of "
        + shop.store().bytes()
        + why
        + ", and got none within "
        + timeout
        + "; most of it is held by "
        + holders()
        + ": have these read, give them max-bytes and others min-bytes, or set store.bytes; "
        + holder;
  }

  /** Whatever lies between could not be moved: somebody reads it, or is about to write there. */
  private static String cut(long free, int lacked) {
    return " bytes has "
        + free
        + " free, but not the "
        + lacked
        + " of a message in a row: what lies between is in use";
  }

  /** Looks at all queues: an error is seldom. */
  private String holders() {
    return shop.queues().list().stream()
        .filter(other -> other.share().held() > 0)
        .sorted(Comparator.comparingLong((OpenQueue other) -> other.share().held()).reversed())
        .limit(MOST_NAMED)
        .map(other -> "queue '" + other.name() + "' (" + other.share().held() + " bytes)")
        .collect(Collectors.joining(", "));
  }
}
