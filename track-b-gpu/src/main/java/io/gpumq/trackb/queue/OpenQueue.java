package io.gpumq.trackb.queue;

import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Names;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Reader;
import io.gpumq.api.Trim;
import io.gpumq.api.Waiting;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.trackb.store.Share;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A queue as its users have it. Until somebody sends to it or reads from it, it is its
 * configuration, its share of the store, and the names of its groups: some hundred bytes. What does
 * the work is made then, a {@link Queue}. Safe for use by many threads.
 */
public final class OpenQueue implements TrackQueue {
  private static final String[] NONE = {};
  private static final QueueStats NOTHING = new QueueStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final QueueConfig config;
  private final Shop shop;
  private final Share share;
  private final OpenRing[] rings;

  /** Groups that were made before the work began; where they start makes no difference. */
  private String[] groups = NONE; // guarded by this object

  /** {@code null} until somebody uses it. Written under this object. */
  private volatile Queue queue;

  /** What its close reported, where nobody had used it. Written under this object. */
  private volatile CloseReport ended;

  /**
   * @param shop what the queues of its track have in common
   * @param share of the store, which ends with it
   * @param rings of its lanes, which it leaves at its end
   */
  OpenQueue(QueueConfig config, Shop shop, Share share, OpenRing[] rings) {
    this.config = config;
    this.shop = shop;
    this.share = share;
    this.rings = rings;
  }

  /**
   * Returns what does the work, made by the first who asks.
   *
   * @throws QueueClosedException if it was closed before anybody did
   */
  Queue queue() {
    Queue working = queue;
    return working != null ? working : begin();
  }

  private synchronized Queue begin() {
    if (ended != null) {
      throw new QueueClosedException("queue '" + name() + "' is closed");
    }
    if (queue == null) {
      Queue made = new Queue(config, shop, share, rings);
      for (String group : groups) {
        made.makeGroup(group);
      }
      groups = NONE;
      queue = made;
    }
    return queue;
  }

  Share share() {
    return share;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public QueueConfig config() {
    return config;
  }

  @Override
  public Producer producer() {
    return queue().producer();
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    if (!isEnoughToKeep(group)) {
      queue().createGroup(group, start);
    }
  }

  /** Keeps a group's name while nobody uses the queue; returns whether that is enough. */
  private synchronized boolean isEnoughToKeep(String group) {
    if (queue != null || ended != null || Queue.failure(rings) != null) {
      return false;
    }
    Names.require("group", group);
    if (!Arrays.asList(groups).contains(group)) {
      groups = Arrays.copyOf(groups, groups.length + 1);
      groups[groups.length - 1] = group;
    }
    return true;
  }

  @Override
  public boolean removeGroup(String group) {
    return queue().removeGroup(group);
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    queue().moveGroup(group, to);
  }

  @Override
  public void moveGroup(String group, long sequence) {
    queue().moveGroup(group, sequence);
  }

  @Override
  public int delete(long... sequences) {
    return queue().delete(sequences);
  }

  @Override
  public long trim(Trim to) {
    return queue().trim(to);
  }

  @Override
  public Reader reader() {
    return queue().reader();
  }

  @Override
  public List<GroupStats> groups() {
    synchronized (this) {
      if (queue == null) {
        return Arrays.stream(groups).sorted().map(OpenQueue::unused).toList();
      }
    }
    return queue.groups();
  }

  private static GroupStats unused(String group) {
    return new GroupStats(group, 0, 0, Duration.ZERO, 0, 0, 0, List.of());
  }

  @Override
  public Consumer consumer(String group, String name) {
    return queue().consumer(group, name);
  }

  @Override
  public Waiting whenReady(String group, int max, Duration limit, Waiting.Listener listener) {
    return queue().whenReady(group, max, limit, listener);
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    Queue working = queue;
    return working != null && working.closeConsumer(group, name);
  }

  @Override
  public MessageQueue deadLetters() {
    return config.keepsLetters() ? this : shop.queues().lettersOf(config);
  }

  @Override
  public QueueStats stats() {
    Queue working = queue;
    return working == null ? NOTHING : working.stats();
  }

  @Override
  public CloseReport close(Duration drain) {
    Deadline.require("drain", drain);
    CloseReport report = closeUnused();
    return report != null ? report : queue.close(drain);
  }

  /** Closes it if nobody has used it; else returns {@code null}. */
  private synchronized CloseReport closeUnused() {
    if (queue == null && ended == null) {
      Steps steps = new Steps();
      for (OpenRing ring : rings) {
        steps.run(() -> shop.rings().leave(ring));
      }
      ended = new CloseReport(true, 0, NOTHING);
      steps.run(() -> shop.store().end(share)).finish();
    }
    return ended;
  }

  @Override
  public boolean isEnded() {
    Queue working = queue;
    return ended != null || working != null && working.isEnded();
  }
}
