package io.gpumq.spi.waiting;

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
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who wait in line: none waits for ever, none takes another's turn away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitersTest {
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final Waiters waiters = new Waiters();
  private final Bell bell = waiters.bell();

  private static Source source(IntSupplier ready) {
    return new Source() {
      @Override
      public int ready() {
        return ready.getAsInt();
      }

      @Override
      public long nanosToLook() {
        return NEVER;
      }
    };
  }

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

    final Sleeper sleeper = new Sleeper();

    Taker(Line line, AtomicInteger things, AtomicInteger taken) {
      thread = start(() -> run(line, things, taken));
    }

    void close() throws InterruptedException {
      closed.set(true);
      sleeper.wake();
      thread.join();
    }

    private void run(Line line, AtomicInteger things, AtomicInteger taken) {
      while (!closed.get()) {
        try {
          sleeper.await(line, 1, Deadline.after(FOREVER), closed::get);
        } catch (InterruptedException e) {
          interrupts.incrementAndGet();
          continue;
        }
        try {
          if (things.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            taken.incrementAndGet();
          }
        } finally {
          sleeper.done();
        }
      }
    }
  }

  @Test
  void eachThingIsTakenBesideInterruptsAndCloses() throws InterruptedException {
    Random random = new Random(11);
    AtomicInteger things = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    Line line = bell.line(source(things::get));
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
          leaving.close();
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
    for (Taker taker : takers) {
      taker.close();
    }
    assertEquals(all, taken.get());
  }

  @Test
  void anInterruptOfTheOneThatIsAwakeGivesTheTurnToTheNext() throws Exception {
    AtomicBoolean ready = new AtomicBoolean();
    Line line = bell.line(source(() -> ready.get() ? 1 : 0));
    for (int round = 0; round < 200; round++) {
      ready.set(false);
      CompletableFuture<Void> second = new CompletableFuture<>();
      Thread first = start(() -> await(line, new CompletableFuture<>()));
      Await.until("the first to wait", () -> first.getState() == Thread.State.TIMED_WAITING);
      Thread next = start(() -> await(line, second));
      Await.until("the next to wait", () -> next.getState() == Thread.State.TIMED_WAITING);
      ready.set(true); // and the poller tells the first, or the interrupt comes before it
      first.interrupt();
      bell.ring();
      second.get(30, TimeUnit.SECONDS);
      first.join();
    }
  }

  private static void await(Line line, CompletableFuture<Void> turn) {
    try {
      Sleeper sleeper = new Sleeper();
      sleeper.await(line, 1, Deadline.after(FOREVER), () -> false);
      sleeper.done();
      turn.complete(null);
    } catch (InterruptedException e) {
      turn.completeExceptionally(e);
    }
  }
}
