package io.gpumq.trackb.queue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Reader;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.delivery.Hold;

/**
 * Reads a queue's lanes by position. While it reads it holds what is kept of the lane; while its
 * batch is out, the memory of the rings that its entries lie in.
 */
final class QueueReader implements Reader {
  private static final int MAX_READ = 65_536;

  private final Queue queue;
  private final Lane[] lanes;
  private final EntryBatch batch;
  private final Delivery delivery = new Delivery();
  private final Entrance entrance = new Entrance(this::end);

  /** Whether it keeps the memory of its queue's rings. */
  private boolean isHolding;

  QueueReader(Queue queue, Lane[] lanes, EntryBatch batch) {
    this.queue = queue;
    this.lanes = lanes;
    this.batch = batch;
  }

  /** Fills the delivery with messages of a lane. */
  @FunctionalInterface
  private interface Choice {
    /**
     * @param first the oldest that is kept
     * @param end behind the newest that is handled
     * @param most of them
     */
    void choose(Lane lane, long first, long end, int most);
  }

  @Override
  public long oldest(int lane) {
    return inside(() -> queue.looks().at(() -> oldest(lane(lane))));
  }

  private static long oldest(Lane lane) {
    long end = lane.pass();
    lane.groups().look();
    long floor = Math.min(lane.groups().floor(), end);
    return lane.firstFrom(floor, end);
  }

  @Override
  public long end(int lane) {
    return inside(() -> queue.looks().at(() -> lane(lane).pass()));
  }

  @Override
  public Batch from(long position, int max) {
    requireMax(max);
    return read(
        position,
        max,
        (lane, first, end, most) -> delivery.read(lane, Math.max(first, position), end, most));
  }

  @Override
  public Batch before(long position, int max) {
    requireMax(max);
    return read(
        position,
        max,
        (lane, first, end, most) -> delivery.readBack(lane, first, Math.min(end, position), most));
  }

  private Batch read(long position, int max, Choice choice) {
    return inside(
        () -> {
          letGo();
          queue.looks().run(queue::hold); // the queue is open: its rings are there
          isHolding = true;
          Batch found = null;
          try {
            found = find(Lane.of(position, lanes), max, choice);
            return found;
          } finally {
            if (found == null || found.isEmpty()) {
              letGo();
            }
          }
        });
  }

  private Batch find(Lane lane, int max, Choice choice) {
    long end = lane.pass();
    Hold hold = lane.groups().holds().join();
    try {
      long first = lane.groups().hold(hold);
      int most = Math.min(max, batch.mostEntries());
      while (true) {
        choice.choose(lane, first, end, most);
        int chosen = delivery.size();
        Batch found = chosen == 0 ? batch.none() : batch.load(lane, delivery, rest -> {});
        if (delivery.size() == chosen) {
          return found;
        }
        most = delivery.size(); // all were too much at once: so many of the right ones are not
        batch.release();
      }
    } finally {
      lane.groups().holds().leave(hold);
      lane.groups().look(); // what it held, nobody else may have looked at
    }
  }

  /** Lets go of the last batch. */
  private void letGo() {
    batch.release();
    if (isHolding) {
      isHolding = false;
      queue.letGo();
    }
  }

  private Lane lane(int number) {
    if (number < 0 || number >= lanes.length) {
      throw new ConfigException(
          "lane " + number + ": the queue has lanes 0 to " + (lanes.length - 1));
    }
    return lanes[number];
  }

  private <T> T inside(Entrance.Call<T, RuntimeException> call) {
    return entrance.inside(this::requireUsable, call);
  }

  private void requireUsable() {
    if (entrance.isEnding()) {
      throw new QueueClosedException(
          "this reader of queue '" + queue.name() + "' is closed; open another");
    }
    queue.state().requireUsable();
  }

  private static void requireMax(int max) {
    if (max < 1 || max > MAX_READ) {
      throw new ConfigException("max " + max + ": must be between 1 and " + MAX_READ);
    }
  }

  @Override
  public void close() {
    entrance.end();
  }

  /** Waits until nobody is within a call of it. */
  void awaitLeft() {
    entrance.awaitLeft();
  }

  private void end() {
    new Steps()
        .run(this::letGo)
        .run(batch::close)
        .run(() -> queue.readers().remove(this))
        .run(queue::leave)
        .finish();
  }
}
