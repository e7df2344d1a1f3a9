package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.DEL;
import static redis.clients.jedis.Protocol.Command.XGROUP;
import static redis.clients.jedis.Protocol.Command.XPENDING;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GpuMqException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Names;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.TrackFailedException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.ToLongFunction;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A queue over a stream of its own: the stream is made when the queue is opened and deleted when it
 * is closed, and nobody else knows its name.
 */
final class RedisQueue implements MessageQueue {
  private static final long DRAIN_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final RedisTrack track;
  private final QueueConfig config;
  private final byte[] stream;
  private final byte[] lettersKey;
  private final long claimMs;
  private final Health health;
  private final Room room;
  private final Map<String, Group> groups = new ConcurrentHashMap<>();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicLong highest = new AtomicLong();
  private final AtomicLong producers = new AtomicLong();
  private final AtomicInteger settling = new AtomicInteger(); // threads at it
  private final Trimmer trimmer;
  private final Letters letters;
  private final Link admin; // guarded by adminLock
  private final Object adminLock = new Object();
  private final Object closeLock = new Object();
  private volatile CloseReport report; // written under closeLock

  /**
   * Makes the stream.
   *
   * @param id unique in Redis
   * @throws TrackFailedException if Redis does not answer, or refuses
   */
  RedisQueue(RedisTrack track, QueueConfig config, String id) {
    this.track = track;
    this.config = config;
    this.stream = Args.bytes("gpumq:{" + config.name() + ":" + id + "}:stream");
    this.lettersKey = Args.bytes("gpumq:{" + config.name() + ":" + id + "}:letters");
    this.claimMs = Deadline.millisUp(config.lease()) + 1;
    this.health = new Health(config.name());
    this.room = new Room(config.capacity());
    this.trimmer = new Trimmer(stream, config.capacity(), room, groups.values());
    this.admin = connect();
    int capacity = config.deadLetterCapacity();
    var writer = new LetterWriter(trimmer, room, groups.values(), stream, lettersKey);
    this.letters = new Letters(connect(), health, writer, lettersKey, capacity);
    try {
      // The one way to make an empty stream: a group, and without it the stream stays.
      admin.call(XGROUP, Args.CREATE, stream, Group.PARKING, Args.NEWEST, Args.MKSTREAM);
      admin.call(XGROUP, Args.DESTROY, stream, Group.PARKING);
    } catch (JedisException e) {
      links.forEach(Link::close);
      throw new TrackFailedException(
          "Redis at " + track.settings().shown() + " cannot hold a queue: " + e.getMessage(), e);
    }
  }

  /** A link of this queue, closed with it. */
  private Link connect() {
    try {
      Link link = new Link(track.settings(), health, stream, highest);
      links.add(link);
      if (health.isClosed()) {
        link.close();
      }
      return link;
    } catch (JedisException e) {
      links.forEach(link -> release(link));
      throw new TrackFailedException(
          "Redis at " + track.settings().shown() + " does not answer: " + e.getMessage(), e);
    }
  }

  private void release(Link link) {
    links.remove(link);
    link.close();
  }

  // ---- for producers and consumers

  byte[] stream() {
    return stream;
  }

  /**
   * How long an entry must have been idle to be claimed: the lease, and one more millisecond since
   * Redis counts in whole ones and might find the lease over up to one too early.
   */
  long claimMs() {
    return claimMs;
  }

  Health health() {
    return health;
  }

  Room room() {
    return room;
  }

  Trimmer trimmer() {
    return trimmer;
  }

  Letters letters() {
    return letters;
  }

  /** The highest sequence that Redis has confirmed; 0 for none. */
  long highest() {
    return highest.get();
  }

  void sawSent(long sequence) {
    highest.accumulateAndGet(sequence, Math::max);
  }

  GpuMqException streamGone() {
    return health.fail(
        "Redis at " + track.settings().shown() + " has lost the stream of queue " + name(), null);
  }

  /**
   * Runs what settles entries of a group: acknowledgements or letters. Then lets messages go, now
   * and then, or at once where room is awaited. A queue that drains is closed when Redis says that
   * all is settled, but not before the answer to that has arrived here.
   *
   * @param settle says how many it settled
   */
  int settle(Link link, IntSupplier settle) {
    int count;
    settling.incrementAndGet();
    try {
      count = settle.getAsInt();
    } finally {
      settling.decrementAndGet();
      health.ring();
    }
    trimmer.settled(link, count, health);
    return count;
  }

  void left(RedisProducer producer, Link link) {
    trimmer.unregister(producer);
    release(link);
  }

  void left(Group group, String consumer, Link link) {
    release(link);
    group.consumers.remove(consumer);
    health.ring();
  }

  // ---- MessageQueue

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
    health.requireIntake();
    var producer = new RedisProducer(this, connect(), producers.getAndIncrement());
    trimmer.register(producer);
    return producer;
  }

  @Override
  public void createGroup(String group) {
    Names.require("group name", group);
    health.requireIntake();
    groupOf(group);
  }

  private Group groupOf(String name) {
    Group known = groups.get(name);
    if (known != null) {
      return known;
    }
    synchronized (adminLock) {
      // Trimmed before, so that the group starts at what another one has not settled.
      trimmer.trimThen(
          admin,
          () -> {
            if (!groups.containsKey(name)) {
              admin.retry(() -> createInRedis(name));
              groups.put(name, new Group(name, room.trimmed(), config.lease().toNanos()));
            }
          });
    }
    return groups.get(name);
  }

  private Void createInRedis(String name) {
    try {
      admin.call(XGROUP, Args.CREATE, stream, Args.bytes(name), Args.FROM_START);
    } catch (JedisDataException e) {
      if (!e.getMessage().startsWith("BUSYGROUP")) { // made by a first try, its answer lost
        throw e;
      }
    }
    return null;
  }

  @Override
  public Consumer consumer(String group, String name) {
    Names.require("group name", group);
    Names.require("consumer name", name);
    health.requireIntake();
    Group of = groupOf(group);
    if (!of.consumers.add(name)) {
      throw new ConfigException(
          "consumer name '" + name + "': is open in group " + group + ", choose another");
    }
    Link link = null;
    try {
      link = connect();
      return new RedisConsumer(this, of, name, link, track.handling(config));
    } catch (RuntimeException e) {
      of.consumers.remove(name);
      if (link != null) {
        release(link);
      }
      throw e;
    }
  }

  @Override
  public DeadLetters deadLetters() {
    return letters;
  }

  @Override
  public QueueStats stats() {
    CloseReport last = report;
    return last != null ? last.stats() : stats(depth());
  }

  private QueueStats stats(long depth) {
    return new QueueStats(
        room.sent(),
        groups.values().stream().mapToLong(group -> group.handled.get()).max().orElse(0),
        sum(group -> group.delivered.get()),
        sum(group -> group.acknowledged.get()),
        sum(group -> group.redelivered.get()),
        letters.failedMessages(),
        letters.written(),
        depth,
        room.bytes());
  }

  private long sum(ToLongFunction<Group> counter) {
    return groups.values().stream().mapToLong(counter).sum();
  }

  /** Messages that some group has not settled; without a group, all. */
  private long depth() {
    Collection<Group> all = groups.values();
    long settledByEach = all.stream().mapToLong(group -> group.settled.get()).min().orElse(0);
    long depth = room.sent() - settledByEach;
    if (all.size() > 1 && depth > 0 && !health.isFailed() && !health.isClosed()) {
      synchronized (adminLock) {
        depth = admin.retry(() -> new Depth(admin, stream, List.copyOf(all)).of(room));
      }
    }
    return Math.max(0, depth);
  }

  // ---- close

  @Override
  public CloseReport close(Duration drain) {
    synchronized (closeLock) {
      if (report == null) {
        health.drain();
        boolean drained = awaitDrained(Deadline.in(drain));
        long left = drained ? 0 : leftOver();
        health.close();
        links.forEach(Link::close);
        takeLeave();
        report = new CloseReport(drained, left, stats(left));
        track.closed(this);
      }
      return report;
    }
  }

  private boolean awaitDrained(long deadline) {
    try {
      while (true) {
        long heard = health.rings();
        if (isDrained()) {
          return true;
        }
        long waitNanos = deadline - System.nanoTime();
        if (waitNanos <= 0) {
          return false;
        }
        health.await(heard, Math.min(waitNanos, DRAIN_LOOK_NANOS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closes at once
      return false;
    } catch (TrackFailedException e) {
      return false;
    }
  }

  private boolean isDrained() {
    health.requireOpen();
    if (room.underway() > 0 || (groups.isEmpty() && room.sent() > 0)) {
      return false;
    }
    synchronized (adminLock) {
      boolean all =
          groups.values().stream().allMatch(group -> admin.retry(() -> hasSettledAll(group)));
      return all && settling.get() == 0;
    }
  }

  /** As Redis has it: a message that was given up for all groups is read by none. */
  private boolean hasSettledAll(Group group) {
    byte[] next = Ids.idAfter(group.lastRead());
    var unread = (List<?>) admin.call(XRANGE, stream, next, Args.LAST, Args.COUNT, Args.ONE);
    return unread.isEmpty()
        && (Long) ((List<?>) admin.call(XPENDING, stream, group.key)).get(0) == 0;
  }

  private long leftOver() {
    try {
      return depth();
    } catch (TrackFailedException e) {
      return depth(); // the queue has failed: from what this process knows
    }
  }

  /** Brings the dead letters here and leaves nothing in Redis, if it can be reached. */
  private void takeLeave() {
    try (var last = new Link(track.settings(), health, stream, highest)) {
      letters.keep(last);
      last.call(DEL, stream, lettersKey);
    } catch (JedisException e) {
      letters.lose(
          "the dead letters of queue "
              + name()
              + " are in Redis at "
              + track.settings().shown()
              + ", which could not be reached when the queue was closed: "
              + e.getMessage());
    }
  }
}
