package io.gpumq.trackb;

import static io.gpumq.trackb.ShortStoreQueue.EXTRA;
import static io.gpumq.trackb.ShortStoreQueue.MAIN;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Reader;
import io.gpumq.api.Track;
import io.gpumq.api.Trim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One thread of a program on a short store: does one random act after the other. */
final class ShortStoreUser {
  private static final int MOST_HELD = 6;
  private static final int MOST_POLLED = 24;

  private final List<ShortStoreQueue> queues;
  private final Random random;
  private final String name;
  private final MultiPoll polls;
  private final ShortStoreSender sender;
  private final ShortStoreLetters letters;
  private final List<ShortStoreHolding> held = new ArrayList<>();
  private int names;

  /** It uses some of the queues, from this one on: the others may fold. */
  private int from;

  ShortStoreUser(Track track, List<ShortStoreQueue> queues, long seed, String name) {
    this.queues = queues;
    this.name = name;
    random = new Random(seed);
    polls = track.multiPoll();
    sender = new ShortStoreSender(random, this::drawn);
    letters = new ShortStoreLetters(track, random, name);
  }

  /** Turns to other queues, and lets go of most others. */
  void turnTo(int first) throws Exception {
    from = first;
    for (int i = held.size() - 1; i >= 0; i--) {
      if (random.nextInt(4) > 0) {
        letGo(i);
      }
    }
  }

  private void letGo(int index) throws Exception {
    ShortStoreHolding holding = held.remove(index);
    holding.check();
    holding.beside(holding::close);
  }

  void letGoOfAll() throws Exception {
    while (!held.isEmpty()) {
      letGo(held.size() - 1);
    }
  }

  private ShortStoreQueue drawn() {
    return queues.get((from + random.nextInt(8)) % queues.size());
  }

  void step() throws Exception {
    ShortStoreQueue queue = drawn();
    try {
      act(queue, random.nextInt(40));
    } catch (QueueClosedException e) {
      requireCut(e);
    } catch (ConfigException e) { // its second group, or one that is moved, is gone
      if (queue.isExact) {
        throw e;
      }
    }
    if (queue.opening.isClosing) {
      openAgain(queue);
    }
  }

  private void requireCut(QueueClosedException e) {
    if (queues.stream().noneMatch(one -> one.isCut && e.getMessage().contains(one.quoted()))) {
      throw e;
    }
  }

  private void act(ShortStoreQueue queue, int act) throws Exception {
    if (act < 16) {
      boolean hasRoom = act < 12 ? sender.sendBatch(queue) : sender.send(queue);
      if (!hasRoom) {
        consume(queue);
      }
    } else if (act < 22) {
      consume(queue);
    } else if (act < 26) {
      pollMany();
    } else if (act < 30) {
      read(queue);
    } else if (act < 32) {
      letters.repair(queue);
    } else if (act < 34) {
      group(queue, queue.opening);
    } else if (act < 36 && !held.isEmpty()) {
      held.get(random.nextInt(held.size())).check();
    } else if (!queue.isExact) {
      remove(queue, queue.opening, act);
    }
  }

  private ShortStoreHolding hold(ShortStoreQueue queue, boolean isReader) throws Exception {
    for (ShortStoreHolding each : held) {
      if (each.queue == queue && each.isReader() == isReader && !each.isEnding()) {
        return each;
      }
    }
    if (held.size() == MOST_HELD) {
      letGo(random.nextInt(MOST_HELD));
    }
    boolean isExtra =
        random.nextBoolean()
            && queue.opening.queue.groups().stream().anyMatch(one -> one.name().equals(EXTRA));
    ShortStoreHolding made =
        isReader
            ? ShortStoreHolding.reader(queue)
            : ShortStoreHolding.consumer(queue, isExtra ? EXTRA : MAIN, name + names++);
    held.add(made);
    return made;
  }

  private void consume(ShortStoreQueue queue) throws Exception {
    ShortStoreHolding holding = hold(queue, false);
    holding.check();
    for (int i = 0; i < 3; i++) {
      holding.poll(1 + random.nextInt(MOST_POLLED), Duration.ofMillis(random.nextInt(3)));
      if (random.nextInt(8) > 0) {
        holding.settle(random);
      }
    }
  }

  private void pollMany() throws Exception {
    for (int i = random.nextInt(4); i >= 0; i--) {
      hold(drawn(), false);
    }
    for (int i = held.size() - 1; i >= 0; i--) {
      if (held.get(i).isEnding()) {
        letGo(i);
      }
    }
    List<ShortStoreHolding> polled = new ArrayList<>();
    List<Consumer> consumers = new ArrayList<>();
    for (ShortStoreHolding each : held) {
      if (!each.isReader()) {
        each.check();
        polled.add(each);
        consumers.add(each.consumer);
      }
    }
    try {
      polls.poll(consumers, 1 + random.nextInt(MOST_POLLED));
    } catch (QueueClosedException e) {
      if (polled.stream().noneMatch(ShortStoreHolding::isEnding)) {
        throw e;
      }
      letGoOfAll();
      return;
    }
    for (int i = 0; i < polled.size(); i++) {
      Batch batch = polls.batch(i);
      ShortStoreHolding each = polled.get(i);
      each.beside(() -> each.took(batch));
    }
    for (ShortStoreHolding each : polled) {
      if (random.nextInt(4) > 0) {
        each.settle(random);
      }
    }
  }

  private void read(ShortStoreQueue queue) throws Exception {
    ShortStoreHolding holding = hold(queue, true);
    holding.check();
    holding.read(random);
  }

  private void group(ShortStoreQueue queue, ShortStoreQueue.Opening at) {
    GroupStart start = random.nextBoolean() ? GroupStart.OLDEST : GroupStart.NOW;
    int draw = random.nextInt(8);
    if (draw == 0) {
      at.queue.createGroup(EXTRA, start);
    } else if (draw < 5) {
      at.removeExtra();
    } else if (!queue.isExact) {
      String group = random.nextBoolean() ? MAIN : EXTRA;
      if (random.nextBoolean()) {
        at.queue.moveGroup(group, start);
      } else {
        at.queue.moveGroup(group, position(queue, at));
      }
    }
  }

  private long position(ShortStoreQueue queue, ShortStoreQueue.Opening at) {
    int lane = random.nextInt(queue.config.lanes());
    try (Reader reader = at.queue.reader()) {
      long oldest = reader.oldest(lane);
      return oldest + random.nextInt((int) Math.max(1, reader.end(lane) - oldest));
    }
  }

  /** Takes messages out of a queue, or all of it. */
  private void remove(ShortStoreQueue queue, ShortStoreQueue.Opening at, int act) {
    if (act == 36 && queue.isCut && queue.change.tryLock()) {
      try {
        at.isClosing = true;
        at.queue.close(Duration.ofMillis(random.nextInt(2) * random.nextInt(30)));
      } finally {
        queue.change.unlock();
      }
    } else if (act < 39) {
      long position = position(queue, at);
      long[] some = new long[1 + random.nextInt(40)];
      for (int i = 0; i < some.length; i++) {
        some[i] = Math.max(0, position + random.nextInt(60));
      }
      at.queue.delete(some);
    } else {
      at.queue.trim(
          switch (random.nextInt(4)) {
            case 0 -> Trim.toMessages(random.nextInt(60));
            case 1 -> Trim.toBytes(random.nextInt(1 << 20));
            case 2 -> Trim.olderThan(Duration.ofMillis(random.nextInt(400)));
            default -> Trim.below(position(queue, at));
          });
    }
  }

  private static void openAgain(ShortStoreQueue queue) {
    if (queue.change.tryLock()) {
      try {
        if (queue.opening.isClosing) {
          queue.open();
        }
      } catch (ConfigException e) {
        // What it wants reserved is not free: somebody tries again.
      } finally {
        queue.change.unlock();
      }
    }
  }

  /** Takes all that is there for the groups of a queue, and its letters; returns how many. */
  int drain(ShortStoreQueue queue) throws Exception {
    int taken = 0;
    if (queue.opening.isClosing) {
      openAgain(queue);
      return 1;
    }
    for (String group : List.of(MAIN, EXTRA)) {
      if (queue.opening.queue.groups().stream().anyMatch(one -> one.name().equals(group))) {
        try (var consumer = ShortStoreHolding.consumer(queue, group, name + names++)) {
          do {
            consumer.poll(MOST_POLLED, Duration.ofMillis(1));
            consumer.acknowledgeAll();
            taken += consumer.size();
          } while (consumer.size() > 0);
        }
      }
    }
    return taken + letters.drain(queue);
  }
}
