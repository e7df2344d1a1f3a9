package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static redis.clients.jedis.Protocol.Command.XDEL;
import static redis.clients.jedis.Protocol.Command.XLEN;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.TrackFailedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The dead letters: a stream of their own in Redis, and once the queue is closed a list of this
 * process. Rarely used, so everything happens under one lock.
 */
final class Letters implements DeadLetters {
  private final Link link;
  private final Health health;
  private final LetterWriter writer;
  private final byte[] key;
  private final int capacity;
  private long taken;
  private volatile int count;
  private List<DeadLetter> kept; // once the queue is closed
  private String lost; // why there is no such list

  /**
   * @param link used under this object's lock alone
   */
  Letters(Link link, Health health, LetterWriter writer, byte[] key, int capacity) {
    this.link = link;
    this.health = health;
    this.writer = writer;
    this.key = key;
    this.capacity = capacity;
  }

  boolean hasRoom() {
    return count < capacity;
  }

  /** How many letters were ever written. */
  synchronized long written() {
    return taken + count;
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
    int settled = writer.write(over, by, ids, letters, capacity - count);
    if (settled > 0) {
      count = over.retry(() -> (Long) over.call(XLEN, key)).intValue();
    }
    return settled;
  }

  @Override
  public synchronized int size() {
    return count;
  }

  @Override
  public synchronized List<DeadLetter> peek(int max) {
    requirePositive(max);
    if (kept != null) {
      return List.copyOf(kept.subList(0, Math.min(max, kept.size())));
    }
    requireNotLost();
    return link.retry(() -> letters(range(link, max)));
  }

  @Override
  public synchronized List<DeadLetter> take(int max) {
    requirePositive(max);
    List<DeadLetter> letters;
    if (kept != null) {
      List<DeadLetter> oldest = kept.subList(0, Math.min(max, kept.size()));
      letters = List.copyOf(oldest);
      oldest.clear();
    } else {
      requireNotLost();
      List<?> entries = link.retry(() -> range(link, max));
      letters = letters(entries);
      if (!entries.isEmpty()) {
        link.retry(() -> delete(entries));
      }
    }
    count -= letters.size();
    taken += letters.size();
    health.ring(); // groups that are held back
    return letters;
  }

  /** Deleting what is deleted does no harm. */
  private Object delete(List<?> entries) {
    byte[][] args = new byte[1 + entries.size()][];
    args[0] = key;
    for (int i = 0; i < entries.size(); i++) {
      args[1 + i] = (byte[]) ((List<?>) entries.get(i)).get(0);
    }
    return link.call(XDEL, args);
  }

  /** Brings the letters into this process: the queue's keys are about to go. */
  synchronized void keep(Link over) {
    kept = new ArrayList<>(letters(range(over, Integer.MAX_VALUE)));
    count = kept.size();
  }

  /** The letters could not be brought here. */
  synchronized void lose(String why) {
    lost = why;
  }

  private void requireNotLost() {
    if (lost != null) {
      throw new TrackFailedException(lost);
    }
  }

  private static void requirePositive(int max) {
    if (max < 1) {
      throw new ConfigException("max " + max + " of dead letters: must be at least 1");
    }
  }

  private List<?> range(Link over, int max) {
    return (List<?>) over.call(XRANGE, key, Args.FIRST, Args.LAST, Args.COUNT, Args.bytes(max));
  }

  private static List<DeadLetter> letters(List<?> entries) {
    return entries.stream().map(entry -> letter((List<?>) ((List<?>) entry).get(1))).toList();
  }

  /** Values are at the odd places, in the order of the script. */
  private static DeadLetter letter(List<?> fields) {
    return new DeadLetter(
        Long.parseLong(Args.text(fields.get(1))),
        Cause.valueOf(Args.text(fields.get(3))),
        new String((byte[]) fields.get(5), UTF_8),
        Integer.parseInt(Args.text(fields.get(7))),
        Args.text(fields.get(9)),
        (byte[]) fields.get(11));
  }
}
