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
import io.gpumq.spi.TrackQueue;
import io.gpumq.spi.waiting.Bell;
import io.gpumq.spi.waiting.Source;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.store.Store;
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
  private final OpenQueue users;
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
  private final AtomicInteger producerCount;
  private final AtomicInteger consumerCount;
  private final AtomicReference<Closing> closing = new AtomicReference<>();

  /**
   * @param users count who uses it
   * @param shop what the queues of its track have in common
   * @param rings of its lanes, which it leaves at its end
   * @param folded what it was before, or {@code null} where there was nothing
   */
  Queue(OpenQueue users, Shop shop, OpenRing[] rings, FoldedQueue folded) {
    this.users = users;
    this.config = users.config();
    this.shop = shop;
    this.share = users.share();
    boolean hasWaits = folded != null && folded.waits() != null;
    letters = new Letters(config, shop.queues());
    bell = hasWaits ? folded.waits().bell() : shop.waiters().bell();
    producerCount = new AtomicInteger(folded == null ? 0 : folded.producers());
    consumerCount = new AtomicInteger(folded == null ? 0 : folded.consumers());
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
            config,
            lanes,
            consumers,
            (parts, line) -> new QueueGroup(state, looks, bell, lanes, parts, line));
    figures = new QueueFigures(lanes, groups, letters, looks);
    if (folded != null) {
      folding().unfold(folded);
    }
  }

  /** One more uses it, until {@link #leave}: it does not fold meanwhile. */
  void join() {
    users.join();
  }

  void leave() {
    users.leave();
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
  OpenQueue other(String name) {
    return shop.queues().require(name);
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
    var producer = new QueueProducer(this, producerCount.getAndIncrement() & lanes.length - 1);
    join();
    return producer;
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
    Reader reader = readers.add(new QueueReader(this, lanes, batch));
    join();
    return reader;
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
          Part[] parts = new Part[lanes.length];
          for (Lane lane : lanes) {
            Group part = of.of(lane.number());
            parts[lane.number()] = new Part(lane, part);
            lane.log().readTo(part.cursor());
          }
          int home = consumerCount.getAndIncrement() & lanes.length - 1;
          EntryBatch batch = new EntryBatch(new EntryFinder(shop.reading()));
          var consumer = new QueueConsumer(this, group, name, owner, parts, home, batch, of.line());
          join();
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

  private CloseReport end(Closing by) {
    var end = new QueueEnd(shop, share, lanes, state);
    return end.end(by, groups, figures, consumers, readers);
  }

  /**
   * Folds it, while nobody uses it.
   *
   * @param waking is asked from now on for those who wait
   * @return {@code null} if it stays as it is, as {@link QueueFolding#fold} says
   */
  FoldedQueue fold(Source waking) {
    int producers = producerCount.get();
    int consumed = consumerCount.get();
    return closing.get() != null
        ? null
        : looks.at(() -> folding().fold(producers, consumed, bell, waking), () -> null);
  }

  /** Has its logs looked after, and those who wait ask it: once it is the one, or once more. */
  void attend() {
    folding().attend();
  }

  private QueueFolding folding() {
    return new QueueFolding(lanes, groups, state, letters);
  }
}
