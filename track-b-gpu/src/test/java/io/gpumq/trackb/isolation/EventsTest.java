package io.gpumq.trackb.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.Scarcity;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventsTest {
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final Events events = new Events("events", failure -> seen.add(failure.getMessage()));

  private Runnable sees(String what) {
    return () -> seen.add(what);
  }

  @Test
  void theyComeInTheirOrderAndTheLastEndsThem() throws Exception {
    var begin = new CountDownLatch(1);
    var due = new CountDownLatch(1);
    events.later(TimeUnit.DAYS.toMillis(1), sees("too late"));
    events.later(Long.MAX_VALUE, sees("never"));
    events.later(20, due::countDown);
    due.await();
    events.post(
        () -> {
          try {
            begin.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    events.post(sees("first"));
    events.post(sees("second"));
    begin.countDown();
    events.close(sees("last"));
    events.close(sees("again"));
    assertEquals(List.of("first", "second", "last"), seen);
    assertEquals(false, events.post(sees("after the end")));
  }

  @Test
  void oneThatFailsIsToldAndTheNextComes() {
    events.post(
        () -> {
          throw new OutOfMemoryError("of a test");
        });
    events.post(sees("next"));
    events.close(sees("last"));
    assertEquals(List.of("of a test", "next", "last"), seen);
  }

  @Test
  void whatTheLastFailsWithEveryCloserGets() {
    Runnable fails =
        () -> {
          throw new IllegalStateException("of a test");
        };
    var first = assertThrows(IllegalStateException.class, () -> events.close(fails));
    assertEquals("of a test", first.getMessage());
    assertThrows(IllegalStateException.class, () -> events.close(fails));
    assertThrows(IllegalStateException.class, events::awaitEnd);
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "later"})
  void theyGoOnWhereThereWasNoMemory(String call) throws Exception {
    Scarcity.run(Short.class, call);
  }

  /** Makes a call while the heap is used up. */
  static final class Short {
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final Runnable LAST = RUNS::incrementAndGet;
    private static final Runnable NONE = () -> {};
    private static final long SPIN_NANOS = 300_000_000;
    private static final Runnable SPIN = Short::spin;

    public static void main(String[] args) throws Exception {
      Events before = events();
      before.later(1, NONE);
      close(before, NONE);
      close(before, NONE);
      if (args[0].equals("close")) {
        closes();
      } else {
        comesLater();
      }
      System.exit(0);
    }

    private static void spin() {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < SPIN_NANOS) {
        Thread.onSpinWait();
      }
    }

    private static Events events() {
      return new Events("events", failure -> {});
    }

    private static boolean close(Events events, Runnable last) {
      try {
        events.close(last);
        return true;
      } catch (OutOfMemoryError e) {
        return false;
      }
    }

    private static void closes() throws Exception {
      Events events = events();
      boolean[] closed = {false};
      Runnable close = () -> closed[0] = close(events, LAST);
      Scarcity.useUpHeap(NONE);
      Scarcity.useUpHeap(close);
      Thread again = new Thread(() -> close(events, LAST));
      again.setDaemon(true);
      again.start();
      again.join(TimeUnit.SECONDS.toMillis(30));
      assertEquals(Thread.State.TERMINATED, again.getState());
      assertEquals(1, RUNS.get());
      assertTrue(closed[0]);
    }

    private static void comesLater() throws Exception {
      Events events = events();
      var came = new CountDownLatch(1);
      Scarcity.useUpHeap(SPIN); // once before, as it names classes
      events.later(600, came::countDown);
      events.later(150, NONE); // behind it, the wait for the other begins without memory
      Scarcity.useUpHeap(SPIN);
      assertTrue(came.await(30, TimeUnit.SECONDS));
    }
  }
}
