package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static redis.clients.jedis.Protocol.Command.XDEL;
import static redis.clients.jedis.Protocol.Command.XLEN;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The dead letters: a stream of their own in Redis, and once the queue is closed a list of this
 * process, which alone knows who has a lease of which. Rarely used, so everything happens under one
 * lock, but the sending of a letter's message.
 */
final class Letters implements DeadLetters {
  /** Sends a letter's message again, to one group or, where that is null, to all. */
  @FunctionalInterface
  interface Sender {
    long send(DeadLetter letter, String group, Duration timeout) throws InterruptedException;
  }

  /** A letter, and the ID that Redis has it under. */
  private record Stored(byte[] id, DeadLetter letter) {
    Name name() {
      return Name.of(letter);
    }
  }

  /** What a letter is known by. The id alone would do, but for letters of other queues. */
  private record Name(long id, long sequence, String group) {
    static Name of(DeadLetter letter) {
      return new Name(letter.id(), letter.sequence(), letter.group());
    }
  }

  private final Link link;
  private final Health health;
  private final LetterWriter writer;
  private final byte[] key;
  private final int capacity;
  private final Sender sender;
  private final Map<Name, Deadline> leases = new HashMap<>();
  private final Set<Name> replayed = new HashSet<>();
  private long settled;
  private volatile int count;
  private List<Stored> kept; // once the queue is closed
  private String lost; // why there is no such list

  /**
   * @param link used under this object's lock alone
   */
  Letters(Link link, Health health, LetterWriter writer, byte[] key, int capacity, Sender sender) {
    this.link = link;
    this.health = health;
    this.writer = writer;
    this.key = key;
    this.capacity = capacity;
    this.sender = sender;
  }

  boolean hasRoom() {
    return count < capacity;
  }

  /** How many letters were ever written. */
  synchronized long written() {
    return settled + count;
  }

  /** Messages whose handler failed at each attempt. */
  synchronized long failedMessages() {
    return writer.failedMessages();
  }

  /**
   * Settles entries of a group by letters, from the first on, until there is no room for one.
   *
   * @param over the consumer's link
   * @return how many of them are settled
   */
  synchronized int write(Link over, Group by, List<byte[]> ids, List<DeadLetter> letters) {
    int written = writer.write(over, by, ids, letters, count, capacity - count);
    if (written > 0) {
      count = over.retry(() -> (Long) over.call(XLEN, key)).intValue();
    }
    return written;
  }

  @Override
  public synchronized int size() {
    return count;
  }

  @Override
  public synchronized List<DeadLetter> peek(int max) {
    return stored(requireCount(max)).stream().map(Stored::letter).toList();
  }

  @Override
  public synchronized List<DeadLetter> take(int max, Duration lease) {
    requireCount(max);
    if (Deadline.require("lease", lease).isZero()) {
      throw new ConfigException("lease " + lease + ": must be above zero");
    }
    List<DeadLetter> taken = new ArrayList<>();
    for (Stored each : stored(max == 0 ? 0 : Integer.MAX_VALUE)) {
      Deadline held = leases.get(each.name());
      boolean free = !replayed.contains(each.name()) && (held == null || held.isPassed());
      if (free && taken.size() < max) {
        leases.put(each.name(), Deadline.after(lease));
        taken.add(each.letter());
      }
    }
    return taken;
  }

  @Override
  public synchronized int acknowledge(Collection<DeadLetter> letters) {
    Set<Name> names = new HashSet<>();
    letters.forEach(letter -> names.add(Name.of(letter)));
    List<Stored> found =
        stored(Integer.MAX_VALUE).stream().filter(each -> names.contains(each.name())).toList();
    if (!found.isEmpty()) {
      if (kept != null) {
        kept.removeAll(found);
      } else {
        link.retry(() -> delete(found));
      }
      found.forEach(each -> leases.remove(each.name()));
      count -= found.size();
      settled += found.size();
      health.ring(); // groups that are held back
    }
    return found.size();
  }

  @Override
  public long replay(DeadLetter letter, String group, Duration timeout)
      throws InterruptedException {
    if (group == null) {
      throw new ConfigException("group null: name one, or replay to all");
    }
    return send(letter, group, timeout);
  }

  @Override
  public long replayToAll(DeadLetter letter, Duration timeout) throws InterruptedException {
    return send(letter, null, timeout);
  }

  private long send(DeadLetter letter, String group, Duration timeout) throws InterruptedException {
    Name name = Name.of(letter);
    beginReplay(letter, name);
    boolean sent = false;
    try {
      long sequence = sender.send(letter, group, timeout);
      sent = true;
      return sequence;
    } finally {
      endReplay(name);
      if (sent) {
        acknowledge(List.of(letter));
      }
    }
  }

  private synchronized void beginReplay(DeadLetter letter, Name name) {
    health.requireIntake();
    boolean there = stored(Integer.MAX_VALUE).stream().anyMatch(each -> each.name().equals(name));
    if (!there || !replayed.add(name)) {
      throw new NotPendingException(
          "letter of sequence " + letter.sequence() + ": settled, or being replayed");
    }
  }

  private synchronized void endReplay(Name name) {
    replayed.remove(name);
    leases.remove(name);
  }

  /** Deleting what is deleted does no harm. */
  private Object delete(List<Stored> letters) {
    byte[][] args = new byte[1 + letters.size()][];
    args[0] = key;
    for (int i = 0; i < letters.size(); i++) {
      args[1 + i] = letters.get(i).id();
    }
    return link.call(XDEL, args);
  }

  /** Brings the letters into this process, once: the queue's keys are about to go. */
  synchronized void keep(Link over) {
    if (kept != null) {
      return;
    }
    kept = new ArrayList<>(range(over, Integer.MAX_VALUE));
    count = kept.size();
  }

  /** The letters could not be brought here. */
  synchronized void lose(String why) {
    lost = why;
  }

  /** The oldest letters, from Redis or from here. */
  private List<Stored> stored(int max) {
    if (kept != null) {
      return List.copyOf(kept.subList(0, Math.min(max, kept.size())));
    }
    if (lost != null) {
      throw new TrackFailedException(lost);
    }
    return max == 0 ? List.of() : link.retry(() -> range(link, max));
  }

  private static int requireCount(int max) {
    if (max < 0) {
      throw new ConfigException("max " + max + ": must be 0 or more");
    }
    return max;
  }

  private List<Stored> range(Link over, int max) {
    var entries =
        (List<?>) over.call(XRANGE, key, Args.FIRST, Args.LAST, Args.COUNT, Args.bytes(max));
    return entries.stream().map(entry -> stored((List<?>) entry)).toList();
  }

  /** Values are at the odd places, in the order of the script. */
  private static Stored stored(List<?> entry) {
    byte[] id = (byte[]) entry.get(0);
    List<?> fields = (List<?>) entry.get(1);
    long sequence = Long.parseLong(Args.text(fields.get(1)));
    String key = Args.text(fields.get(13));
    return new Stored(
        id,
        new DeadLetter(
            Ids.sequence(id),
            sequence,
            Cause.valueOf(Args.text(fields.get(3))),
            new String((byte[]) fields.get(5), UTF_8),
            Integer.parseInt(Args.text(fields.get(7))),
            Args.text(fields.get(9)),
            key.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(key)),
            Instant.ofEpochMilli(Ids.millis(sequence)),
            (byte[]) fields.get(11)));
  }
}
