package io.gpumq.tracka;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.Steps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Reads a stream as a member of a group: fetches a batch, has it handled, hands it out. One
 * connection of its own.
 */
final class RedisConsumer implements Consumer {
  private static final int MOST_POLLED = 65_536;
  private static final long HELD_BACK_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RedisQueue queue;
  private final QueueConfig config;
  private final Group group;
  private final String name;
  private final byte[] key;
  private final Link link;
  private final PendingList pending;
  private final Handling handling;
  private final RedisBatch batch;
  private final Verdicts verdicts;
  private final Fetching fetching;
  private final Settling settling;
  private final Entrance entrance = new Entrance(this::end);

  RedisConsumer(RedisQueue queue, Group group, String name, Link link, Handling handling) {
    this.queue = queue;
    this.config = queue.config();
    this.group = group;
    this.name = name;
    this.key = Args.bytes(name);
    this.link = link;
    link.readsFor(group);
    this.pending = new PendingList(link, queue.stream(), group, queue.claimMs());
    this.handling = handling;
    this.batch = new RedisBatch(group, handling);
    this.verdicts = new Verdicts(config, group.name, batch, handling);
    this.fetching = new Fetching(queue, group, key, link, pending, batch);
    this.settling = new Settling(queue, group, link, pending, batch);
  }

  @Override
  public String group() {
    return group.name;
  }

  @Override
  public String name() {
    return name;
  }

  // ---- poll

  @Override
  public Batch poll(int max, Duration wait) throws InterruptedException {
    if (max < 1 || max > MOST_POLLED) {
      throw new ConfigException("poll of " + max + " entries: must be 1 to " + MOST_POLLED);
    }
    Deadline.require("wait", wait);
    return inside(
        () -> {
          int most = Math.min(max, handling.capacity());
          batch.begin();
          poll(most, Deadline.after(wait));
          return batch.polled();
        });
  }

  private void poll(int most, Deadline deadline) throws InterruptedException {
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      requireOpen();
      long heard = queue.health().rings();
      long left = deadline.remainingNanos();
      if (group.isHeldBack() && !queue.letters().hasRoom()) {
        if (left <= 0) {
          return;
        }
        queue.health().await(heard, Math.min(left, HELD_BACK_LOOK_NANOS));
        continue;
      }
      group.letGo();
      int fetched = fetching.fetch(most, left);
      try {
        requireNotEnding();
        passOverOthers();
        handleAndHand();
      } catch (TrackFailedException e) {
        giveBackUnseen(e);
        throw e;
      }
      // Where all that was fetched became dead letters, or was for others, there may be more.
      if (batch.size() > 0 || (left <= 0 && fetched == 0)) {
        return;
      }
    }
  }

  /** Redis has refused something for the moment: what was fetched by then is nobody's. */
  private void giveBackUnseen(TrackFailedException why) {
    if (!queue.health().isFailed()) {
      Steps.undo(why, () -> handBack(0));
      batch.clear();
    }
  }

  /** What is for another group alone is settled here, unseen. */
  private void passOverOthers() {
    List<byte[]> ids = new ArrayList<>();
    for (int i = 0; i < batch.fetched(); i++) {
      if (batch.isForOthers(i) && batch.deliveriesAt(i) > 0) {
        ids.add(batch.idAt(i));
        batch.deliveriesAt(i, 0);
        group.handled.incrementAndGet();
      }
    }
    if (!ids.isEmpty()) {
      settling.settleUnseen(ids);
    }
  }

  /** Ends a poll of a consumer that was closed meanwhile: what it fetched was not delivered. */
  private void requireNotEnding() {
    if (entrance.isEnding()) {
      handBack(0);
      requireOpen();
    }
  }

  /** What one thread at a time does here; any thread may close the consumer meanwhile. */
  private <T, E extends Exception> T inside(Entrance.Call<T, E> call) throws E {
    return Health.inside(entrance, this::requireOpen, call);
  }

  private void handleAndHand() {
    if (batch.fetched() == 0) {
      return;
    }
    try {
      handling.handle(batch);
    } catch (TrackFailedException e) {
      throw queue.health().fail(e.getMessage(), e);
    }
    requireNotEnding();
    int end = writeLetters();
    group.moves.fetching().lock();
    try {
      if (batch.isOfThisMove()) {
        hand(end);
      } else {
        batch.clear(); // the group's consumers are handed all of it again, or none
      }
    } finally {
      group.moves.fetching().unlock();
    }
  }

  private void hand(int end) {
    if (end < batch.fetched()) {
      parkFrom(end); // the group waits at this entry, until there is room for its letter
      group.holdBack();
    }
    int firsts = 0;
    for (int i = 0; i < end; i++) {
      int deliveries = batch.deliveriesAt(i);
      boolean again = deliveries > 1 || group.givenBack.contains(batch.sequenceAt(i));
      firsts += deliveries == 1 && !again ? 1 : 0;
      if (deliveries > 0 && verdicts.of(i) == null) {
        batch.hand(i);
        group.handed(batch.sequenceAt(i), batch.polled());
        group.redelivered.addAndGet(again ? 1 : 0);
      }
    }
    group.handled.addAndGet(firsts);
    group.delivered.addAndGet(batch.size());
  }

  /**
   * Writes the letters that the batch asks for.
   *
   * @return where the first entry stands whose letter found no room; it holds the group back
   */
  private int writeLetters() {
    List<Letter> letters = new ArrayList<>();
    for (int i = 0; i < batch.fetched(); i++) {
      Letter letter = verdicts.of(i);
      if (letter != null) {
        letters.add(letter);
      }
    }
    if (letters.isEmpty()) {
      return batch.fetched();
    }
    int settled = queue.settle(link, () -> queue.letters().write(link, group, letters));
    if (settled == letters.size()) {
      return batch.fetched();
    }
    int position = 0;
    while (batch.idAt(position) != letters.get(settled).id()) {
      position++;
    }
    return position;
  }

  /** Hands back the entries from this one on, which nobody has seen. */
  private void handBack(int position) {
    group.moves.fetching().lock();
    try {
      if (batch.isOfThisMove()) {
        parkFrom(position);
      }
    } finally {
      group.moves.fetching().unlock();
    }
  }

  private void parkFrom(int position) {
    List<byte[]> ids = new ArrayList<>();
    List<Integer> deliveries = new ArrayList<>();
    for (int i = position; i < batch.fetched(); i++) {
      if (batch.deliveriesAt(i) > 0) { // else it is not pending any more
        ids.add(batch.idAt(i));
        deliveries.add(batch.deliveriesAt(i));
      }
    }
    link.retry(
        () -> {
          pending.parkUnseen(ids, deliveries);
          return null;
        });
  }

  // ---- acknowledge and refuse

  @Override
  public int acknowledge(Batch polled) {
    Objects.requireNonNull(polled, "batch");
    return inside(
        () -> {
          if (polled != batch.polled()) {
            throw new ConfigException(
                "batch: must be the one of this consumer's last poll; entries of an earlier one"
                    + " can be acknowledged by their sequences, while they are pending");
          }
          return settling.acknowledge(polled);
        });
  }

  @Override
  public void acknowledge(long sequence) {
    inside(
        () -> {
          settling.acknowledge(sequence);
          return null;
        });
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    handBack(sequence, delay, false);
  }

  @Override
  public void giveBack(long sequence, Duration delay) {
    handBack(sequence, delay, true);
  }

  private void handBack(long sequence, Duration delay, boolean untried) {
    Deadline.require("delay", delay);
    inside(
        () -> {
          settling.handBack(sequence, delay, untried);
          return null;
        });
  }

  // ---- replay

  @Override
  public long replay(Entry letter, Duration timeout) throws InterruptedException {
    return replay(letter, timeout, false);
  }

  @Override
  public long replayToAll(Entry letter, Duration timeout) throws InterruptedException {
    return replay(letter, timeout, true);
  }

  private long replay(Entry letter, Duration timeout, boolean toAll) throws InterruptedException {
    Deadline.require("timeout", timeout);
    return inside(
        () -> {
          DeadLetter told = batch.requireLetter(letter);
          String target = toAll || told.group().isEmpty() ? null : told.group();
          RedisQueue origin = queue.other(told.queue());
          int bytes = letter.payload().remaining();
          return settling.replay(letter.sequence(), origin, bytes, target, timeout);
        });
  }

  private void requireOpen() {
    queue.health().requireOpen();
    if (group.removed) {
      throw group.wasRemoved();
    }
    if (entrance.isEnding()) {
      throw closed();
    }
  }

  private QueueClosedException closed() {
    return new QueueClosedException(
        "consumer '" + name + "' of group '" + group.name + "' is closed; open another");
  }

  @Override
  public void close() {
    entrance.end();
    queue.health().ring(); // a call that waits; one that waits in Redis looks soon
  }

  private void end() {
    try {
      if (!queue.health().isClosed() && !queue.health().isFailed() && !group.removed) {
        queue.consumers().handBack(group, key);
      }
    } catch (QueueClosedException | TrackFailedException e) {
      // What it held went with the queue, or is redelivered when its lease ends.
    } finally {
      queue.consumers().left(group, name, link);
      handling.close();
    }
  }
}
