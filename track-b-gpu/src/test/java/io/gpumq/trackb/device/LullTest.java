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
    private final AtomicInteger pauses = new AtomicInteger();

    @Override
    public void pause() {
      pauses.incrementAndGet();
      runs = hangs;
    }

    @Override
    public boolean isPaused() {
      return !runs;
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
    Await.until("two tries", () -> other.pauses.get() > 1);
    assertEquals(List.of(), done);
    Await.until("the other to go on", () -> other.runs);
    kernel.hangs = false;
    Await.until("the work", () -> done.size() == 1);
    assertEquals(List.of("false false"), done);
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
