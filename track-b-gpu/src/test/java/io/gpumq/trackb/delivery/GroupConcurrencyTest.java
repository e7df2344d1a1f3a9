package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GroupConcurrencyTest {
  private static final int ENTRIES = 1_000_000;
  private static final int TAKERS = 4;

  private final AtomicLong completed = new AtomicLong();

  /** Which taker holds an entry, 0 for none: with leases that do not end, never two at once. */
  private final AtomicIntegerArray holders = new AtomicIntegerArray(ENTRIES);

  private final AtomicIntegerArray settled = new AtomicIntegerArray(ENTRIES);
  private final Group group =
      new Group(
          "g",
          0,
          TimeUnit.DAYS.toNanos(1),
          1_000,
          false,
          sequence -> sequence % 101 != 0,
          (sequence, cause, count, name) -> false,
          System::nanoTime);

  @Test
  @Timeout(120)
  void everyEntryIsSettledOnceAndHeldByOneTakerAtATime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(TAKERS + 2);
    try {
      var results = new ExecutorCompletionService<Long>(threads);
      for (int owner = 1; owner <= TAKERS; owner++) {
        results.submit(new Taker(owner));
      }
      results.submit(this::complete);
      results.submit(this::watchAcknowledgedTo);
      long acknowledged = 0;
      for (int i = 0; i < TAKERS + 2; i++) {
        acknowledged += results.take().get();
      }
      int messages = 0;
      for (int i = 0; i < ENTRIES; i++) {
        assertEquals(i % 101 == 0 ? 0 : 1, settled.get(i), "sequence " + i);
        messages += settled.get(i);
      }
      assertEquals(messages, acknowledged);
      assertEquals(messages, group.counts().acknowledged());
      assertEquals(messages, group.counts().delivered() - group.counts().redelivered());
      assertEquals(0, group.counts().pending());
      assertTrue(group.counts().redelivered() > 0);
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean isRunning() {
    return group.acknowledgedTo() < ENTRIES && !Thread.currentThread().isInterrupted();
  }

  /** As a ring of 100,000 slots would. */
  private long complete() {
    while (isRunning()) {
      completed.set(Math.min(ENTRIES, group.acknowledgedTo() + 100_000));
    }
    return 0;
  }

  /** It never goes back, and never passes what is held. */
  private long watchAcknowledgedTo() {
    for (long to = 0; isRunning(); ) {
      long next = group.acknowledgedTo();
      assertTrue(next >= to, "went back");
      for (; to < next; to++) {
        assertEquals(0, holders.get((int) to), "settled while held");
      }
    }
    return 0;
  }

  /** Takes, then does one of what a consumer may do; its number of acknowledged entries. */
  private final class Taker implements Callable<Long> {
    private final int owner;
    private final Delivery delivery = new Delivery();
    private long acknowledged;

    Taker(int owner) {
      this.owner = owner;
    }

    @Override
    public Long call() {
      var random = new SplittableRandom(owner);
      while (isRunning()) {
        if (group.take(delivery, 1 + random.nextInt(256), owner, completed.get()) == 0) {
          Thread.onSpinWait();
          continue;
        }
        for (int i = 0; i < delivery.size(); i++) {
          assertTrue(holders.compareAndSet(at(i), 0, owner), "held by two takers");
        }
        switch (random.nextInt(8)) {
          case 0 -> acknowledgeOneByOne();
          case 1 -> abandon();
          case 2 -> refuseOneAndAcknowledge();
          default -> acknowledgeAll();
        }
      }
      return acknowledged;
    }

    private int at(int index) {
      return (int) delivery.sequence(index);
    }

    private void letGo(int index) {
      assertTrue(holders.compareAndSet(at(index), owner, 0), "held by another");
    }

    private void settle(int index) {
      letGo(index);
      settled.incrementAndGet(at(index));
    }

    private void acknowledgeOneByOne() {
      for (int i = delivery.size() - 1; i >= 0; i--) {
        settle(i);
        group.acknowledge(delivery.sequence(i));
        acknowledged++;
      }
    }

    private void abandon() {
      for (int i = 0; i < delivery.size(); i++) {
        letGo(i);
      }
      group.abandon(owner);
    }

    private void refuseOneAndAcknowledge() {
      letGo(0);
      group.refuse(delivery.first(), 0);
      for (int i = 1; i < delivery.size(); i++) {
        settle(i);
      }
      acknowledge(delivery.size() - 1);
    }

    private void acknowledgeAll() {
      for (int i = 0; i < delivery.size(); i++) {
        settle(i);
      }
      acknowledge(delivery.size());
    }

    private void acknowledge(int expected) {
      assertEquals(expected, group.acknowledge(delivery));
      acknowledged += expected;
    }
  }
}
