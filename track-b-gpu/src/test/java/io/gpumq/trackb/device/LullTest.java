package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done while no kernel runs, with kernels that end as the test says. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LullTest {
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final Lull lull = new Lull(() -> {});
  private final Fake kernel = new Fake();
  private final Fake other = new Fake();

  private static final class Fake implements Lull.Kernel {
    private volatile boolean hangs;
    private volatile boolean runs = true;
    private volatile boolean dead;

    /** How long it takes to end, and when it was told to. */
    private volatile long slowNanos;

    private volatile long toldNanos;
    private final AtomicInteger pauses = new AtomicInteger();

    @Override
    public void pause() {
      pauses.incrementAndGet();
      toldNanos = System.nanoTime();
      runs = hangs || slowNanos > 0;
    }

    @Override
    public boolean isPaused() {
      if (slowNanos > 0 && System.nanoTime() - toldNanos > slowNanos) {
        runs = false;
      }
      return !runs;
    }

    @Override
    public boolean diedWithAll() {
      return dead;
    }

    @Override
    public void resume() {
      runs = true;
    }
  }

  /** Tells who runs when it is done. */
  private void ask() {
    lull.run(() -> done.add(kernel.runs + " " + other.runs));
  }

  private void start() {
    lull.start(() -> kernel);
    lull.start(() -> other);
  }

  @Test
  void isAtOnceWhereNoKernelRuns() {
    ask();
    assertEquals(1, done.size());
  }

  @Test
  void endsEveryKernelForAMoment() {
    start();
    ask();
    Await.until("the work", () -> done.size() == 1);
    assertEquals(List.of("false false"), done);
    Await.until("both to go on", () -> kernel.runs && other.runs);
  }

  @Test
  void goesOnWithoutAKernelThatHangs() {
    kernel.hangs = true;
    start();
    ask();
    Await.until("two tries", () -> kernel.pauses.get() > 1);
    assertEquals(List.of(), done);
    assertEquals(1, other.pauses.get(), "before the first was known to be slow");
    Await.until("the other to go on", () -> other.runs);
    kernel.hangs = false;
    Await.until("the work", () -> done.size() == 1);
    assertEquals(List.of("false false"), done);
  }

  /** A handler that is always slow: the others wait for the usual time at most, and once. */
  @Test
  void comesWithAKernelThatIsAlwaysSlow() {
    kernel.slowNanos = 30_000_000;
    start();
    ask();
    Await.until("the work", () -> done.size() == 1);
    assertEquals(List.of("false false"), done);
    assertEquals(2, other.pauses.get(), "before it was known to be slow, and in the lull");
  }

  @Test
  void isGivenUpWhereTheDeviceHasDied() {
    kernel.hangs = true;
    start();
    ask();
    Await.until("a try", () -> kernel.pauses.get() > 0);
    kernel.dead = true;
    Await.until("the thread to end", () -> !isAtWork());
    assertEquals(List.of(), done);
    lull.finish();
    assertEquals(1, done.size());
  }

  private static boolean isAtWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("gpumq-lull"));
  }

  @Test
  void isWhenTheLastKernelEndsForGood() {
    kernel.hangs = true;
    lull.start(() -> kernel);
    ask();
    kernel.runs = false;
    lull.ended(kernel);
    Await.until("the work", () -> done.size() == 1);
    assertTrue(lull.isIdle());
  }

  @Test
  void doesTheRestWhenOneWorkFails() {
    start();
    lull.run(
        () -> {
          throw new IllegalStateException("it fails, as this test has it");
        });
    ask();
    Await.until("the work", () -> done.size() == 1);
    Await.until("both to go on", () -> kernel.runs && other.runs);
  }

  @Test
  void aKernelThatDoesNotStartHoldsNothingUp() {
    assertThrows(
        IllegalStateException.class,
        () ->
            lull.start(
                () -> {
                  throw new IllegalStateException("no room");
                }));
    ask();
    assertEquals(1, done.size());
  }

  @Test
  void nothingIsLeftToDoWhenItIsFinished() {
    kernel.hangs = true;
    lull.start(() -> kernel);
    ask();
    lull.finish();
    assertEquals(1, done.size());
  }
}
