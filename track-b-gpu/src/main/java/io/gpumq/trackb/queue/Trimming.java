package io.gpumq.trackb.queue;

import io.gpumq.api.Trim;
import io.gpumq.spi.Deadline;
import io.gpumq.trackb.waiting.Backoff;

/** Trims the lanes of a queue when it is told to. Under no lock: it waits for the device. */
final class Trimming {
  private final Lane[] lanes;

  Trimming(Lane[] lanes) {
    this.lanes = lanes;
  }

  /** Trims; returns how many messages have gone. */
  long trim(Trim to) {
    if (to instanceof Trim.Below below) {
      return trimBelow(below.sequence());
    }
    long gone = 0;
    for (Lane lane : lanes) {
      long end = awaitHandled(lane);
      gone += lane.groups().trim(place(lane, to, end));
    }
    return gone;
  }

  private long trimBelow(long sequence) {
    Lane lane = Lane.of(sequence, lanes);
    awaitHandled(lane);
    return lane.groups().trim(sequence);
  }

  /** Waits until all is handled that was sent before; returns where that ends. */
  private static long awaitHandled(Lane lane) {
    long end = lane.log().claimed();
    Backoff backoff = new Backoff();
    while (lane.log().progress().completed() < end) {
      lane.alive().run();
      backoff.pause();
    }
    lane.groups().advance(); // failures may become letters now
    return end;
  }

  /** Below which sequence a lane is to be trimmed. */
  private long place(Lane lane, Trim to, long end) {
    if (to instanceof Trim.ToMessages messages) {
      long most = LaneRetention.part(messages.most(), lanes.length, lane.number());
      return lane.newest(lane.groups().floor(), end, most);
    }
    if (to instanceof Trim.ToBytes bytes) {
      long most = LaneRetention.part(bytes.most(), lanes.length, lane.number());
      return lane.log().keptBytes().within(most);
    }
    return sentSince(lane, end, Deadline.nanos(((Trim.OlderThan) to).age()) / 1_000_000);
  }

  /** Where those begin that were sent so lately; messages lie in the order of their times. */
  private static long sentSince(Lane lane, long end, long age) {
    long oldest = System.currentTimeMillis() - age;
    long low = Math.min(end, lane.groups().floor());
    long high = end;
    while (low < high) {
      long middle = low + high >>> 1;
      long kept = lane.firstFrom(middle, high); // of what has gone nobody knows the time
      if (kept == high || lane.sentMillis(kept) >= oldest) {
        high = middle;
      } else {
        low = kept + 1;
      }
    }
    return low;
  }
}
