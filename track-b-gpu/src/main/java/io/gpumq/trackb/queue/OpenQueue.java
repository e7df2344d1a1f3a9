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
import io.gpumq.api.Retention;
import io.gpumq.api.Trim;
import io.gpumq.api.Waiting;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.spi.waiting.Source;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Share;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A queue as its users have it. Until somebody sends to it or reads from it, it is its
 * configuration, its share of the store, and the names of its groups: some hundred bytes. What does
 * the work is made then, a {@link Queue}. Once nobody uses that any more it is <i>folded</i>: what
 * matters of it is kept, a {@link FoldedQueue}, and the next user has a whole one made of that.
 * Safe for use by many threads.
 */
public final class OpenQueue implements TrackQueue {
  private static final String[] NONE = {};
  private static final QueueStats NOTHING = new QueueStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** What has become of an attempt to fold it. */
  enum Fold {
    /** It is folded, or somebody uses it: nobody need look at it. */
    OVER,
    /** It was used since the last look. */
    USED,
    /** It cannot be folded now. */
    LATER
  }

  private final QueueConfig config;
  private final Shop shop;
  private final Share share;
  private final OpenRing[] rings;

  /** Groups that were made before the work began; where they start makes no difference. */
  private String[] groups = NONE; // guarded by this object, as are the next three

  /** Calls that are under way, and producers, consumers and readers that are open. */
  private int users;

  /** Whether it was used since it was looked at last. */
  private boolean isUsed;

  /** Whether it is among those that are to be folded. */
  private boolean isListed;

  /** {@code null} unless it is folded. Written under this object. */
  private volatile FoldedQueue folded;

  /** {@code null} while nobody uses it. Written under this object. */
  private volatile Queue queue;

  /** What its close reported, where there was nothing to close. Written under this object. */
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
   * Returns what does the work, made by the first who asks. It may fold at any time, unless it
   * keeps letters: such a one never does, since all whose letters it keeps know it.
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
      Queue made = new Queue(this, shop, rings, folded);
      for (String group : groups) {
        made.makeGroup(group);
      }
      groups = NONE;
      folded = null;
      queue = made;
      made.attend(); // behind all that may fail: what was folded is in nobody else's hands
    }
    return queue;
  }

  /** {@link #queue()}, which does not fold before {@link #leave}. */
  synchronized Queue enter() {
    Queue working = queue();
    join();
    return working;
  }

  /** One more uses what does the work, until {@link #leave}. */
  synchronized void join() {
    users++;
  }

  synchronized void leave() {
    isUsed = true;
    leaveUnused();
  }

  /** Somebody has but looked at it. */
  private synchronized void leaveUnused() {
    if (--users == 0 && !isListed && mayFold()) {
      shop.folding().add(this);
      isListed = true;
    }
  }

  /** Others know the queue of their letters, and the lane that keeps what is settled. */
  private boolean mayFold() {
    return !config.keepsLetters() && config.retention().equals(Retention.whenSettled());
  }

  /** What is done to a queue and answers nothing. */
  @FunctionalInterface
  private interface Act {
    void on(Queue working);
  }

  private void run(Act act) {
    Queue working = enter();
    try {
      act.on(working);
    } finally {
      leave();
    }
  }

  private <T> T use(Function<Queue, T> act) {
    Queue working = enter();
    try {
      return act.apply(working);
    } finally {
      leave();
    }
  }

  /** Folds it, if nobody has used it since the last attempt. */
  synchronized Fold fold() {
    if (users > 0 || queue == null) {
      isListed = false; // who leaves last lists it again
      return Fold.OVER;
    }
    if (isUsed) {
      isUsed = false;
      return Fold.USED;
    }
    folded = queue.fold(new Waking());
    if (folded == null) {
      return Fold.LATER;
    }
    queue = null;
    isListed = false;
    return Fold.OVER;
  }

  /** Asked for those who wait for entries of a group while it is folded. */
  private final class Waking implements Source {
    @Override
    public int ready() {
      if (Queue.failure(rings) != null) {
        return ENDED;
      }
      if (!isFoldedAndDrained()) {
        run(Queue::attend); // makes it whole, and the line asks that next
      }
      return 0;
    }

    @Override
    public long nanosToLook() {
      return isFoldedAndDrained() ? NEVER : AT_ONCE;
    }
  }

  private synchronized boolean isFoldedAndDrained() {
    return isFolded() && folded.isDrained();
  }

  /** Whether it was used, and is not whole now. */
  public boolean isFolded() {
    return folded != null;
  }

  Share share() {
    return share;
  }

  /** Tells of its segments that could move. Who asks whose log one is has it made whole. */
  void eachStill(BiConsumer<Segment, Supplier<EntryLog>> each) {
    Queue working = queue; // under no lock: who holds it may wait for who asks this
    FoldedQueue kept = folded;
    if (working != null) {
      StillSegments.each(working, config.lanes(), each);
    } else if (kept != null) {
      StillSegments.each(kept, lane -> use(whole -> whole.lane(lane).log()), each);
    }
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
    return use(Queue::producer);
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    if (!isEnoughToKeep(group)) {
      run(working -> working.createGroup(group, start));
    }
  }

  /** Keeps a group's name while nobody uses the queue; returns whether that is enough. */
  private synchronized boolean isEnoughToKeep(String group) {
    if (queue != null || folded != null || ended != null || Queue.failure(rings) != null) {
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
    return use(working -> working.removeGroup(group));
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    run(working -> working.moveGroup(group, to));
  }

  @Override
  public void moveGroup(String group, long sequence) {
    run(working -> working.moveGroup(group, sequence));
  }

  @Override
  public int delete(long... sequences) {
    return use(working -> working.delete(sequences));
  }

  @Override
  public long trim(Trim to) {
    return use(working -> working.trim(to));
  }

  @Override
  public Reader reader() {
    return use(Queue::reader);
  }

  @Override
  public List<GroupStats> groups() {
    synchronized (this) {
      if (queue == null && folded == null) {
        return Arrays.stream(groups)
            .sorted()
            .map(group -> FoldedQueue.stats(group, GroupTotals.NONE))
            .toList();
      }
      if (queue == null && folded.isDrained()) {
        return folded.groups();
      }
    }
    return use(Queue::groups);
  }

  @Override
  public Consumer consumer(String group, String name) {
    return use(working -> working.consumer(group, name));
  }

  @Override
  public Waiting whenReady(String group, int max, Duration limit, Waiting.Listener listener) {
    return use(working -> working.whenReady(group, max, limit, listener));
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
    Queue working;
    synchronized (this) {
      if (queue == null) {
        return folded == null ? NOTHING : folded.stats();
      }
      working = enter();
    }
    try {
      return working.stats();
    } finally {
      leaveUnused();
    }
  }

  @Override
  public CloseReport close(Duration drain) {
    Deadline.require("drain", drain);
    try {
      return end(drain);
    } finally {
      if (isEnded()) {
        shop.queues().forget(this);
      }
    }
  }

  private CloseReport end(Duration drain) {
    Queue working;
    synchronized (this) {
      closeIfNothing();
      if (ended != null) {
        return ended;
      }
      working = enter(); // for ever: what is closed folds no more
    }
    return working.close(drain);
  }

  /** Closes it if it has nothing, and nobody uses it. */
  private synchronized void closeIfNothing() {
    if (queue != null || ended != null || folded != null && !folded.isDrained()) {
      return;
    }
    CloseReport report = new CloseReport(true, 0, stats());
    Steps steps = new Steps();
    for (OpenRing ring : rings) {
      steps.run(() -> shop.rings().leave(ring));
    }
    if (folded != null && folded.waits() != null) {
      steps.run(folded.waits()::end);
    }
    steps.run(() -> shop.store().end(share));
    ended = report; // behind all: the next of its name finds what was reserved for this
    steps.finish();
  }

  @Override
  public boolean isEnded() {
    Queue working = queue;
    return ended != null || working != null && working.isEnded();
  }
}
