package io.gpumq.reference;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.NotPendingException;
import io.gpumq.spi.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A queue's dead letters, under the queue's lock. */
final class ReferenceLetters implements DeadLetters {
  private static final class Held {
    final DeadLetter letter;
    Deadline lease;
    boolean replayed;

    Held(DeadLetter letter) {
      this.letter = letter;
    }

    boolean is(DeadLetter other) {
      return letter.id() == other.id()
          && letter.sequence() == other.sequence()
          && letter.group().equals(other.group());
    }
  }

  /** One count for all queues: a letter of another one is never taken for one of this. */
  private static final AtomicLong LAST_ID = new AtomicLong();

  private final ReferenceQueue queue;
  private final List<Held> letters = new ArrayList<>();

  ReferenceLetters(ReferenceQueue queue) {
    this.queue = queue;
  }

  /** Under the lock. */
  int count() {
    return letters.size();
  }

  /** Under the lock. */
  void add(Message message, Cause cause, String reason, int count, String group) {
    letters.add(
        new Held(
            new DeadLetter(
                LAST_ID.incrementAndGet(),
                message.sequence(),
                cause,
                reason,
                count,
                group,
                message.key(),
                Instant.ofEpochMilli(message.sentMillis()),
                message.payload())));
  }

  @Override
  public int size() {
    return queue.locked(letters::size);
  }

  @Override
  public List<DeadLetter> peek(int max) {
    requireCount(max);
    return queue.locked(() -> letters.stream().limit(max).map(held -> held.letter).toList());
  }

  private static void requireCount(int max) {
    if (max < 0) {
      throw new ConfigException("max " + max + ": must be 0 or more");
    }
  }

  @Override
  public List<DeadLetter> take(int max, Duration lease) {
    requireCount(max);
    if (Deadline.require("lease", lease).isZero()) {
      throw new ConfigException("lease " + lease + ": must be above zero");
    }
    return queue.locked(
        () -> {
          List<DeadLetter> taken = new ArrayList<>();
          for (Held held : letters) {
            boolean free = !held.replayed && (held.lease == null || held.lease.isPassed());
            if (free && taken.size() < max) {
              held.lease = Deadline.after(lease);
              taken.add(held.letter);
            }
          }
          return taken;
        });
  }

  @Override
  public int acknowledge(Collection<DeadLetter> settled) {
    return queue.locked(
        () -> {
          int before = letters.size();
          letters.removeIf(held -> settled.stream().anyMatch(held::is));
          int count = before - letters.size();
          queue.wakeAll();
          return count;
        });
  }

  @Override
  public long replay(DeadLetter letter, String group, Duration timeout)
      throws InterruptedException {
    queue.requireGroup(group);
    return send(letter, group, timeout);
  }

  @Override
  public long replayToAll(DeadLetter letter, Duration timeout) throws InterruptedException {
    return send(letter, null, timeout);
  }

  private long send(DeadLetter letter, String group, Duration timeout) throws InterruptedException {
    Held held = queue.locked(() -> reserve(letter));
    boolean sent = false;
    try {
      ReferenceProducer producer = (ReferenceProducer) queue.producer();
      long sequence =
          producer.send(ByteBuffer.wrap(letter.payload()), letter.key(), group, timeout);
      sent = true;
      return sequence;
    } finally {
      held.replayed = false;
      held.lease = null;
      if (sent) {
        acknowledge(List.of(letter));
      }
    }
  }

  private Held reserve(DeadLetter letter) {
    Held found =
        letters.stream()
            .filter(held -> held.is(letter) && !held.replayed)
            .findFirst()
            .orElseThrow(() -> new NotPendingException("letter " + letter + ": settled"));
    found.replayed = true;
    return found;
  }
}
