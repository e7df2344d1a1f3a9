package io.gpumq.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One inside at a time, an end that comes once, and a visitor who is no second one. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EntranceTest {
  private final AtomicInteger ends = new AtomicInteger();
  private final Entrance entrance = new Entrance(ends::incrementAndGet);

  @Test
  void aSecondThreadIsRefused() {
    assertTrue(entrance.enter());
    assertThrows(IllegalStateException.class, entrance::enter);
    assertFalse(entrance.visit());
    entrance.leave();
    assertTrue(entrance.enter());
  }

  @Test
  void whoWaitsForOneInsideHearsWhenItHasLeft() throws Exception {
    entrance.awaitLeft(); // nobody is
    assertTrue(entrance.enter());
    var began = new CompletableFuture<Void>();
    var left =
        CompletableFuture.runAsync(
            () -> {
              began.complete(null);
              entrance.awaitLeft();
            });
    began.get(10, TimeUnit.SECONDS);
    entrance.end(); // which the one inside is to do
    assertFalse(left.isDone());
    entrance.leave();
    left.get(10, TimeUnit.SECONDS);
    assertEquals(1, ends.get());
  }

  @Test
  void oneThatEntersWaitsForAVisitor() throws Exception {
    assertTrue(entrance.visit());
    var began = new CompletableFuture<Void>();
    var entered = enterBeside(began);
    began.get(10, TimeUnit.SECONDS);
    assertFalse(entered.isDone());
    entrance.leave();
    assertTrue(entered.get(10, TimeUnit.SECONDS));
    assertEquals(0, ends.get());
  }

  @Test
  void whatEndsDuringAVisitIsEndedByTheVisitor() throws Exception {
    assertTrue(entrance.visit());
    entrance.end();
    assertEquals(0, ends.get());
    assertFalse(enterBeside(new CompletableFuture<>()).get(10, TimeUnit.SECONDS));
    entrance.leave();
    entrance.end();
    assertEquals(1, ends.get());
  }

  @Test
  void aSecondEndWaitsForTheFirst() throws Exception {
    var begun = new CompletableFuture<Void>();
    var goesOn = new CompletableFuture<Void>();
    Entrance slow =
        new Entrance(
            () -> {
              begun.complete(null);
              goesOn.join();
              ends.incrementAndGet();
            });
    CompletableFuture<Void> first = CompletableFuture.runAsync(slow::end);
    begun.get(10, TimeUnit.SECONDS);
    var second = new CompletableFuture<Integer>();
    Thread thread =
        new Thread(
            () -> {
              slow.end();
              second.complete(ends.get());
            });
    thread.start();
    Await.until("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
    assertFalse(second.isDone());
    goesOn.complete(null);
    assertEquals(1, second.get(10, TimeUnit.SECONDS));
    first.get(10, TimeUnit.SECONDS);
    slow.end();
    assertEquals(1, ends.get());
  }

  /** Nor does it wait for itself. */
  @Test
  void anEndMayEndItAgain() {
    Entrance[] own = new Entrance[1];
    own[0] =
        new Entrance(
            () -> {
              ends.incrementAndGet();
              own[0].end();
            });
    own[0].end();
    assertEquals(1, ends.get());
  }

  private CompletableFuture<Boolean> enterBeside(CompletableFuture<Void> began) {
    return CompletableFuture.supplyAsync(
        () -> {
          began.complete(null);
          return entrance.enter();
        },
        task -> new Thread(task, "enters").start());
  }
}
