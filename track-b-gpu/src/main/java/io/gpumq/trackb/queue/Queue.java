package io.gpumq.trackb.queue;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Names;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Reader;
import io.gpumq.api.Trim;
import io.gpumq.api.Waiting;
import io.gpumq.spi.Closing;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.spi.waiting.Bell;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.store.Store;
import io.gpumq.trackb.waiting.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A queue of one to sixteen lanes, which work side by side: neither a claim nor a take waits for
 * another lane's. A message stays in the lane that its producer or its key chose, and keeps its
 * order there.
 */
final class Queue implements TrackQueue {
  private final QueueConfig config;
  private final Shop shop;
  private final Share share;
  private final Lane[] lanes;
  private final Bell bell;
  private final Consumers consumers = new Consumers();
  private final Readers readers = new Readers();
  private final QueueGroups groups;
  private final QueueState state;
  private final Looks looks;
  private final QueueFigures figures;
  private final Letters letters;
  private final AtomicInteger producerCount = new AtomicInteger();
  private final AtomicInteger consumerCount = new AtomicInteger();
  private final AtomicReference<Closing> closing = new AtomicReference<>();

  /**
   * @param shop what the queues of its track have in common
   * @param share of the store, which ends with it
   * @param rings of its lanes, which it leaves at its end
   */
  Queue(QueueConfig config, Shop shop, Share share, OpenRing[] rings) {
    this.config = config;
    this.shop = shop;
    this.share = share;
    letters = new Letters(config, shop.queues());
    bell = shop.waiters().bell();
    state = new QueueState(config.name(), () -> failure(rings));
    looks = new Looks(rings, state);
    lanes = new Lane[rings.length];
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane] = new Lane(this, lane, rings[lane]);
      if (lanes[lane].retention().isAging()) {
        shop.aging().add(lanes[lane]);
      }
    }
    groups =
        new QueueGroups(
            config, lanes, consumers, parts -> new QueueGroup(state, looks, bell, lanes, parts));
    figures = new QueueFigures(lanes, groups, letters, looks);
  }

  /** Why one of these does not run any more, or {@code null}. */
  static String failure(OpenRing[] rings) {
    for (OpenRing ring : rings) {
      String failure = ring.failure();
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public QueueConfig config() {
    return config;
  }

  QueueState state() {
    return state;
  }

  Store store() {
    return shop.store();
  }

  Share share() {
    return share;
  }

  Upkeep upkeep() {
    return shop.upkeep();
  }

  /** Copies what warps do not carry. */
  Copier copier() {
    return shop.copier();
  }

  /** Whether some of its payloads may be such. */
  boolean hasLarge() {
    return config.maxPayloadBytes() > RingShape.LARGEST_PAYLOAD;
  }

  Reading reading() {
    return shop.reading();
  }

  /** Where its dead letters go. */
  Letters letters() {
    return letters;
  }

  /** Another queue of its track, which must be open. */
  Queue other(String name) {
    return shop.queues().require(name).queue();
  }

  Readers readers() {
    return readers;
  }

  Looks looks() {
    return looks;
  }

  Bell bell() {
    return bell;
  }

  Lane lane(int number) {
    return lanes[number];
  }

  /** The lane of a key: the same for every producer; keys that follow each other spread. */
  Lane laneOf(long key) {
    long mixed = (key ^ key >>> 32) * 0x9E3779B97F4A7C15L;
    return lanes[(int) (mixed >>> 32) & lanes.length - 1];
  }

  /** The lane that a sequence names, of this queue or of one of its name before. */
  Lane laneLike(long sequence) {
    return lanes[(int) Lane.of(sequence) & lanes.length - 1];
  }

  @Override
  public Producer producer() {
    state.requireOpen();
    if (config.keepsLetters()) {
      throw new ConfigException(
          "queue '" + name() + "': keeps dead letters, and takes no messages; send to another");
    }
    return new QueueProducer(this, producerCount.getAndIncrement() & lanes.length - 1);
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    state.requireOpen();
    looks.run(() -> groups.get(group, start));
  }

  /** Makes a group of a queue that has nothing yet, whether it can be used or not. */
  void makeGroup(String group) {
    looks.run(() -> groups.get(group, GroupStart.OLDEST));
  }

  @Override
  public boolean removeGroup(String group) {
    state.requireUsable();
    boolean removed = looks.at(() -> groups.remove(group));
    if (removed) {
      changed();
    }
    return removed;
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    state.requireUsable();
    looks.run(() -> groups.move(group, to));
    changed();
  }

  @Override
  public void moveGroup(String group, long sequence) {
    state.requireUsable();
    looks.run(() -> groups.move(group, sequence));
    changed();
  }

  @Override
  public int delete(long... sequences) {
    state.requireUsable();
    int deleted = looks.at(() -> deleteNow(sequences));
    if (deleted > 0) {
      changed();
    }
    return deleted;
  }

  private int deleteNow(long... sequences) {
    int deleted = 0;
    for (long sequence : sequences) {
      boolean isHere = Lane.of(sequence) < lanes.length;
      deleted += isHere && laneLike(sequence).groups().delete(sequence) ? 1 : 0;
    }
    for (Lane lane : lanes) {
      lane.groups().look(); // what nobody is to see any more may give its memory back
    }
    return deleted;
  }

  @Override
  public long trim(Trim to) {
    Objects.requireNonNull(to, "to");
    state.requireUsable();
    long trimmed = looks.at(() -> new Trimming(lanes).trim(to));
    if (trimmed > 0) {
      changed();
    }
    return trimmed;
  }

  @Override
  public Reader reader() {
    state.requireUsable();
    EntryBatch batch = new EntryBatch(new EntryFinder(shop.reading()));
    return readers.add(new QueueReader(this, lanes, batch));
  }

  @Override
  public List<GroupStats> groups() {
    return figures.groups();
  }

  @Override
  public Consumer consumer(String group, String name) {
    state.requireOpen();
    Names.require("consumer", name); // first: a name that is refused makes no group
    QueueGroup of = looks.at(() -> groups.get(group, GroupStart.OLDEST));
    return consumers.open(
        of.of(0),
        name,
        owner -> {
          state.requireOpen(); // again: a close from now on sees this consumer, and ends it
          QueueConsumer.Part[] parts = new QueueConsumer.Part[lanes.length];
          for (Lane lane : lanes) {
            Group part = of.of(lane.number());
            parts[lane.number()] = new QueueConsumer.Part(lane, part);
            lane.log().readTo(part.cursor());
          }
          int home = consumerCount.getAndIncrement() & lanes.length - 1;
          EntryBatch batch = new EntryBatch(new EntryFinder(shop.reading()));
          var consumer = new QueueConsumer(this, group, name, owner, parts, home, batch, of.line());
          hold(); // the last: nothing behind it may fail
          return consumer;
        });
  }

  /** Keeps the memory that a consumer looks at, also beyond the end of queue and track. */
  void hold() {
    for (Lane lane : lanes) {
      lane.ring().hold();
    }
  }

  /** A consumer looks at nothing any more. */
  void letGo() {
    for (Lane lane : lanes) {
      lane.ring().letGo();
    }
  }

  @Override
  public Waiting whenReady(String group, int max, Duration limit, Waiting.Listener listener) {
    state.requireUsable();
    return groups.require(group).line().join(max, limit, listener);
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    return consumers.close(group, name);
  }

  void forget(QueueConsumer consumer) {
    consumers.remove(consumer);
  }

  /** Something was settled or refused: somebody may wait for that. */
  void changed() {
    bell.ring();
  }

  /** Something was sent. */
  void sent() {
    bell.ringBehindFence(); // that in Slots.publish()
  }

  /** Why there is no room for a message, and what can be done. */
  String whyFull(Lane lane, Duration timeout) {
    return new WhyFull(shop, this, lane)
        .text(timeout, looks.at(() -> groups.holder(lane, letters.isFull(lane))));
  }

  @Override
  public MessageQueue deadLetters() {
    return config.keepsLetters() ? this : letters.queue();
  }

  @Override
  public QueueStats stats() {
    return figures.stats();
  }

  @Override
  public boolean isEnded() {
    return Closing.isOver(closing);
  }

  @Override
  public CloseReport close(Duration drain) {
    return Closing.close(closing, drain, this::end);
  }

  /** Ends it: every step, whatever another throws. */
  private CloseReport end(Closing by) {
    state.stopIntake();
    for (Lane lane : lanes) {
      lane.log().fence(); // from here on nothing is claimed
    }
    for (Lane lane : lanes) {
      lane.room().end();
    }
    boolean[] drained = {false};
    Steps steps = new Steps();
    steps
        .run(() -> awaitDrain(by))
        .run(() -> drained[0] = !isOwed())
        .run(figures::take)
        .run(state::close)
        .run(groups::endLines)
        .run(consumers::endWithQueue)
        .run(readers::endWithQueue);
    for (Lane lane : lanes) {
      steps
          .run(() -> shop.aging().remove(lane))
          .run(lane::end)
          .run(() -> shop.rings().leave(lane.ring(), lane.log()));
    }
    steps.run(() -> shop.store().end(share)).finish();
    QueueStats stats = figures.stats();
    return new CloseReport(drained[0], stats.depth(), stats);
  }

  private void awaitDrain(Closing by) {
    Backoff backoff = new Backoff();
    while (isOwed()
        && !state.hasFailed()
        && !by.isOver()
        && !Thread.currentThread().isInterrupted()) {
      backoff.pause();
    }
  }

  private boolean isOwed() {
    for (Lane lane : lanes) {
      if (lane.isOwed()) {
        return true;
      }
    }
    return false;
  }
}
