package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.SET;
import static redis.clients.jedis.Protocol.Command.XGROUP;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GpuMqException;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Names;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Reader;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.Trim;
import io.gpumq.api.Waiting;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import redis.clients.jedis.exceptions.JedisException;

/** A queue over a stream of its own, made and deleted with it, whose name nobody else knows. */
final class RedisQueue implements TrackQueue {
  private final RedisTrack track;
  private final QueueConfig config;
  private final Keys keys;
  private final long claimMs;
  private final Health health;
  private final Room room;
  private final Groups groups;
  private final Figures figures;
  private final Map<String, Group> byName = new ConcurrentHashMap<>();
  private final Links links;
  private final AtomicLong highest = new AtomicLong();
  private final AtomicLong producers = new AtomicLong();
  private final AtomicInteger settling = new AtomicInteger(); // threads at it
  private final Trimmer trimmer;
  private final Letters letters;
  private final LetterIntake letterIntake;
  private final Link admin; // guarded by this object's monitor, as those who use it
  private final Removal removal;
  private final Consumers consumers;
  private final Readers readers;
  private final Ending ending;

  /** What gives messages up that are kept until their room is needed; {@code null} for none. */
  private final Relief.Yielder yielder;

  /**
   * Makes the stream.
   *
   * @param id unique in Redis
   * @throws TrackFailedException if Redis does not answer, or refuses
   */
  RedisQueue(RedisTrack track, QueueConfig config, String id, long most) {
    this.track = track;
    this.config = config;
    this.keys = Keys.of(config.name(), id);
    this.claimMs = Args.millisUp(config.lease()) + 1;
    this.health = new Health(config.name(), track.waiters().bell());
    this.links = new Links(track.settings(), health, keys.stream(), highest, track.relief());
    this.room = new Room(most);
    this.trimmer = new Trimmer(config, keys.stream(), room, byName.values(), highest::get);
    try {
      this.admin = links.first();
      this.groups = new Groups(this, admin, byName);
      this.figures = new Figures(this, admin, byName, groups.totals());
      this.consumers = new Consumers(this, track, links, admin, groups);
      this.readers = new Readers(this, track, links);
      this.removal = new Removal(this, admin, byName.values(), groups.addressed());
      this.letterIntake = new LetterIntake(this, admin);
      var writer = new LetterWriter(trimmer, room, byName.values(), keys.stream());
      this.letters = new Letters(config, track.openQueues(), writer);
      Departure departure = new Departure(track.settings(), keys, links);
      Drain drain = new Drain(this, admin, byName);
      this.ending = new Ending(this, links, departure, drain, figures, byName);
      // The one way to make an empty stream: a group, and without it the stream stays.
      admin.call(SET, keys.owner(), Args.bytes(RedisOwner.self().text()));
      admin.call(XGROUP, Args.CREATE, keys.stream(), Group.PARKING, Args.NEWEST, Args.MKSTREAM);
      admin.call(XGROUP, Args.DESTROY, keys.stream(), Group.PARKING);
      this.yielder = trimmer.keeping().isUntilNeeded() ? yielder() : null;
    } catch (Throwable e) {
      Steps.undo(e, () -> Departure.undo(links, keys), links::close);
      if (e instanceof JedisException) {
        throw new TrackFailedException(
            "Redis at " + redis() + " cannot hold a queue: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  private Relief.Yielder yielder() {
    Relief.Yielder made = new Relief.Yielder(trimmer, links.first());
    track.relief().add(made);
    return made;
  }

  byte[] stream() {
    return keys.stream();
  }

  String redis() {
    return track.settings().shown();
  }

  /** Who holds the oldest message, in words, and what can be done about it. */
  String holder(Link over) {
    if (!letters.hasRoom()) {
      return "its dead letters, queue '"
          + config.deadLetters()
          + "', are full, which holds entries back: acknowledge or replay some there";
    }
    return groups.holder(over);
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

  Removal removal() {
    return removal;
  }

  /** What other queues of the track can give up where Redis has no memory. */
  Relief relief() {
    return track.relief();
  }

  /** Lets go of what has become too old. */
  synchronized void letAgedGo() {
    health.requireOpen();
    trimmer.tryTrim(admin);
    health.ring();
  }

  Consumers consumers() {
    return consumers;
  }

  Readers readers() {
    return readers;
  }

  Letters letters() {
    return letters;
  }

  long highest() {
    return highest.get();
  }

  void sawSent(long sequence) {
    highest.accumulateAndGet(sequence, Math::max);
    health.bell().ring();
  }

  GpuMqException streamGone() {
    return health.fail("Redis at " + redis() + " has lost the stream of queue " + name(), null);
  }

  /**
   * Runs what settles entries of a group: acknowledgements or letters. Then lets messages go, now
   * and then, or at once where room is awaited. A drain waits for the answers, too.
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

  /** Threads that settle entries now. */
  int settling() {
    return settling.get();
  }

  void left(RedisProducer producer, Link link) {
    trimmer.unregister(producer.floor());
    links.release(link);
  }

  /** How letters of others come in, where this queue keeps them. */
  LetterIntake letterIntake() {
    return letterIntake;
  }

  /** Returns another open queue of the track. */
  RedisQueue other(String name) {
    return track.openQueues().require(name);
  }

  /** Sends the message of a dead letter again, as {@link RedisProducer#replay}. */
  long resend(Pipeline.Source letter, String target, Duration timeout) throws InterruptedException {
    if (target != null && !byName.containsKey(target)) {
      throw new ConfigException(
          "group '"
              + target
              + "' of queue '"
              + name()
              + "': there is none of that name any more; make it, or replay to all");
    }
    try (RedisProducer producer = newProducer()) {
      long again = producer.replay(letter, target, timeout);
      return again == Pipeline.NONE ? again : groups.addressed(again, target);
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
    if (config.keepsLetters()) {
      throw new ConfigException(
          "queue '" + name() + "': keeps dead letters, and takes no messages; send to another");
    }
    return newProducer();
  }

  private RedisProducer newProducer() {
    health.requireIntake();
    var producer = new RedisProducer(this, links.connect(), producers.getAndIncrement());
    trimmer.register(producer.floor());
    return producer;
  }

  @Override
  public synchronized void createGroup(String group, GroupStart start) {
    Names.require("group name", group);
    health.requireIntake();
    groups.get(group, start);
  }

  @Override
  public boolean removeGroup(String group) {
    health.requireOpen();
    Group removed;
    synchronized (this) {
      removed = groups.remove(group);
    }
    if (removed != null) {
      removed.closeConsumers();
      health.ring();
      removed.line.end();
    }
    return removed != null;
  }

  @Override
  public synchronized void moveGroup(String group, GroupStart to) {
    health.requireOpen();
    groups.move(group, to);
  }

  @Override
  public synchronized void moveGroup(String group, long sequence) {
    health.requireOpen();
    groups.move(group, sequence);
  }

  @Override
  public int delete(long... sequences) {
    return removal.delete(sequences);
  }

  @Override
  public long trim(Trim to) {
    return removal.trim(to);
  }

  @Override
  public Reader reader() {
    health.requireOpen();
    return readers.open();
  }

  @Override
  public List<GroupStats> groups() {
    List<GroupStats> last = ending.lastGroups();
    if (last != null) {
      return last;
    }
    synchronized (this) {
      return groups.stats();
    }
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    return consumers.close(byName.get(group), name);
  }

  @Override
  public Consumer consumer(String group, String name) {
    Names.require("group name", group);
    Names.require("consumer name", name);
    health.requireIntake();
    return consumers.open(group, name);
  }

  @Override
  public Waiting whenReady(String group, int max, Duration limit, Waiting.Listener listener) {
    health.requireOpen();
    return groups.require(group).line.join(max, limit, listener);
  }

  @Override
  public MessageQueue deadLetters() {
    return config.keepsLetters() ? this : letters.queue();
  }

  @Override
  public QueueStats stats() {
    CloseReport last = ending.report();
    return last != null ? last.stats() : figures.stats(figures.depth());
  }

  @Override
  public boolean isEnded() {
    return ending.isOver();
  }

  @Override
  public CloseReport close(Duration drain) {
    try {
      return ending.close(drain);
    } finally {
      if (isEnded()) {
        track.openQueues().forget(this);
      }
    }
  }

  /** Nobody asks it for anything any more. */
  void leaveTrack() {
    track.upkeep().remove(this);
    if (yielder != null) {
      track.relief().remove(yielder);
    }
  }
}
