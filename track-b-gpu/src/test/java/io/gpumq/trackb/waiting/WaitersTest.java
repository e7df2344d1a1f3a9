package io.gpumq.trackb.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.conformance.Await;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who wait in line: none waits for ever, none takes another's turn away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitersTest {
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final Waiters waiters = new Waiters();
  private final Waiters.Bell bell = new Waiters.Bell(waiters);

  private static Thread start(Runnable body) {
    Thread thread = new Thread(body, "waits");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** One that waits for things, with interrupts; leaves when it is closed. */
  private final class Taker {
    final AtomicBoolean closed = new AtomicBoolean();
    final AtomicInteger interrupts = new AtomicInteger();
    final Thread thread;

    Taker(Waiters.Line line, AtomicInteger things, AtomicInteger taken) {
      thread = start(() -> run(line, things, taken));
    }

    private void run(Waiters.Line line, AtomicInteger things, AtomicInteger taken) {
      while (!closed.get()) {
        try {
          line.await(Deadline.after(FOREVER), closed::get);
        } catch (InterruptedException e) {
          interrupts.incrementAndGet();
          continue;
        }
        try {
          if (things.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            taken.incrementAndGet();
          }
        } finally {
          line.done();
        }
      }
    }
  }

  @Test
  void eachThingIsTakenBesideInterruptsAndCloses() throws InterruptedException {
    Random random = new Random(11);
    AtomicInteger things = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    Waiters.Line line = bell.line(() -> things.get() > 0);
    List<Taker> takers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      takers.add(new Taker(line, things, taken));
    }
    int put = 0;
    for (int round = 0; round < 2_000; round++) {
      switch (random.nextInt(4)) {
        case 0 -> takers.get(random.nextInt(8)).thread.interrupt();
        case 1 -> {
          int index = random.nextInt(8);
          Taker leaving = takers.get(index);
          leaving.closed.set(true);
          line.wakeAll();
          leaving.thread.join();
          takers.set(index, new Taker(line, things, taken));
        }
        default -> {
          things.incrementAndGet();
          put++;
          bell.ring();
        }
      }
    }
    int all = put;
    Await.until("each thing", () -> taken.get() == all && things.get() == 0);
    for (Taker taker : takers) {
      int before = taker.interrupts.get();
      taker.thread.interrupt();
      Await.until("an interrupt", () -> taker.interrupts.get() > before);
      taker.closed.set(true);
    }
    line.wakeAll();
    for (Taker taker : takers) {
      taker.thread.join();
    }
    assertEquals(all, taken.get());
  }

  @Test
  void anInterruptOfTheOneThatIsAwakeGivesTheTurnToTheNext() throws Exception {
    AtomicBoolean ready = new AtomicBoolean();
    Waiters.Line line = bell.line(ready::get);
    for (int round = 0; round < 200; round++) {
      ready.set(false);
      CompletableFuture<Void> second = new CompletableFuture<>();
      Thread first = start(() -> await(line, new CompletableFuture<>()));
      Await.until("the first to wait", () -> first.getState() == Thread.State.TIMED_WAITING);
      Thread next = start(() -> await(line, second));
      Await.until("the next to wait", () -> next.getState() == Thread.State.TIMED_WAITING);
      ready.set(true); // and the waker wakes the first, or the interrupt comes before it
      first.interrupt();
      bell.ring();
      second.get(30, TimeUnit.SECONDS);
      first.join();
    }
  }

  private static void await(Waiters.Line line, CompletableFuture<Void> turn) {
    try {
      line.await(Deadline.after(FOREVER), () -> false);
      line.done();
      turn.complete(null);
    } catch (InterruptedException e) {
      turn.completeExceptionally(e);
    }
  }
}
