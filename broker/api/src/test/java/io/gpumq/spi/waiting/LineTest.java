package io.gpumq.spi.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Waiting;
import io.gpumq.api.Waiting.Outcome;
import io.gpumq.conformance.Await;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who wait without a thread, for things that are counted. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineTest {
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final Waiters waiters = new Waiters(Duration.ofMinutes(10));
  private final Bell bell = waiters.bell();
  private final Things things = new Things();
  private final Line line = bell.line(things);
  private final List<Integer> told = Collections.synchronizedList(new ArrayList<>());

  /** How many there are, and whether more may come. */
  private static final class Things implements Source {
    final AtomicInteger count = new AtomicInteger();
    final AtomicInteger looks = new AtomicInteger();
    volatile long nanosToLook = NEVER;

    @Override
    public int ready() {
      looks.incrementAndGet();
      return count.get();
    }

    @Override
    public long nanosToLook() {
      return nanosToLook;
    }
  }

  private void put(int more) {
    things.count.addAndGet(more);
    bell.ring();
  }

  /** One that takes a thing when it is told, and lets the next one have its turn. */
  private Waiting.Listener taker(int number) {
    return (waiting, outcome) -> {
      assertEquals(Outcome.READY, outcome);
      things.count.decrementAndGet();
      told.add(number);
      waiting.pass();
    };
  }

  /** Waits until nobody has looked for a while. */
  private static void awaitQuiet(AtomicInteger looks) {
    AtomicInteger last = new AtomicInteger(-1);
    Await.until(
        "the poller sleeps",
        () -> {
          Await.passed(Duration.ofMillis(100));
          return last.getAndSet(looks.get()) == looks.get();
        });
  }

  @Test
  void oneThatEndsWithNobodyInItIsNotKept() {
    line.end();
    assertNull(waiters.active(0));
    AtomicReference<Outcome> heard = new AtomicReference<>();
    line.join(1, FOREVER, (waiting, outcome) -> heard.set(outcome));
    Await.until("who comes later hears of it", () -> heard.get() == Outcome.ENDED);
  }

  @Test
  void aHundredThousandAreToldInTheOrderInWhichTheyCame() {
    int all = 100_000;
    for (int number = 0; number < all; number++) {
      line.join(1, FOREVER, taker(number));
    }
    awaitQuiet(things.looks); // who waits costs no processor
    assertEquals(0, told.size());
    for (int sent = 0; sent < all; sent += 1_000) {
      put(1_000);
      int expected = sent + 1_000;
      Await.until("as many are told as there are", () -> told.size() == expected);
    }
    assertEquals(IntStream.range(0, all).boxed().toList(), told);
    assertEquals(0, things.count.get());
  }

  /** Another may be asked while there is nothing for anybody; it is for who waits already, too. */
  @Test
  void anotherSourceIsAskedOnceThereIsNothing() {
    AtomicReference<Waiting> waiting = new AtomicReference<>();
    List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    Things others = new Things();
    assertFalse(line.hasListeners());
    line.join(
        1,
        FOREVER,
        (self, outcome) -> {
          outcomes.add(outcome);
          waiting.set(self);
        });
    assertTrue(line.hasListeners());
    put(1);
    Await.until("it is told", () -> waiting.get() != null);
    assertFalse(line.askIfIdle(others), "one has its turn");
    waiting.get().pass();
    Await.until("nobody looks", () -> line.askIfIdle(others));
    waiting.get().waitAgain();
    awaitQuiet(others.looks);
    assertEquals(1, outcomes.size(), "the one before has something still");
    assertTrue(line.askIfIdle(things), "one waits, for nothing");
    bell.ring();
    Await.until("it is told", () -> outcomes.size() == 2);
  }

  @Test
  void noMoreHaveTheirTurnThanThereAreThings() {
    List<Waiting> turns = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 5; i++) {
      line.join(1, FOREVER, (waiting, outcome) -> turns.add(waiting));
    }
    put(2);
    Await.until("two are told", () -> turns.size() == 2);
    awaitQuiet(things.looks);
    assertEquals(2, turns.size());
    things.count.decrementAndGet();
    turns.get(0).pass();
    turns.get(0).pass(); // as harmless as once
    awaitQuiet(things.looks);
    assertEquals(2, turns.size(), "the other has its turn for the one that is left");
    turns.get(1).pass(); // has taken nothing
    Await.until("it is the third's", () -> turns.size() == 3);
  }

  @Test
  void whoTakesManyHasThemForItself() {
    List<Integer> turns = Collections.synchronizedList(new ArrayList<>());
    line.join(7, FOREVER, (waiting, outcome) -> turns.add(7));
    line.join(2, FOREVER, (waiting, outcome) -> turns.add(2));
    line.join(1, FOREVER, (waiting, outcome) -> turns.add(1));
    put(8);
    Await.until("two are told", () -> turns.equals(List.of(7, 2)));
    awaitQuiet(things.looks);
    assertEquals(2, turns.size(), "nothing is left for the third");
    put(2);
    Await.until("the third is told", () -> turns.equals(List.of(7, 2, 1)));
  }

  @Test
  void aTurnThatIsNotPassedGoesOnToTheNext() {
    List<Integer> turns = Collections.synchronizedList(new ArrayList<>());
    Bell bell = new Waiters(Duration.ofMillis(1)).bell();
    Line line = bell.line(things);
    line.join(1, FOREVER, (waiting, outcome) -> turns.add(1));
    line.join(1, FOREVER, (waiting, outcome) -> turns.add(2));
    line.join(
        1,
        FOREVER,
        (waiting, outcome) -> {
          turns.add(3);
          throw new IllegalStateException("of the test");
        });
    line.join(1, FOREVER, (waiting, outcome) -> turns.add(4));
    things.count.set(1);
    bell.ring();
    Await.until("each had its turn", () -> turns.equals(List.of(1, 2, 3, 4)));
  }

  @Test
  void whoWaitsAgainHasItsPlaceInLine() {
    List<Integer> turns = Collections.synchronizedList(new ArrayList<>());
    List<Waiting> first = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 4; i++) {
      int number = i;
      line.join(
          1,
          FOREVER,
          (waiting, outcome) -> {
            if (number < 2 && first.size() < 2) {
              first.add(waiting);
            } else {
              turns.add(number);
              things.count.decrementAndGet();
              waiting.pass();
            }
          });
    }
    put(2);
    Await.until("two have their turn", () -> first.size() == 2);
    things.count.addAndGet(-2); // another was quicker
    first.get(1).waitAgain();
    first.get(0).waitAgain();
    put(4);
    Await.until("all are served", () -> turns.size() == 4);
    assertEquals(List.of(0, 1, 2, 3), turns);
  }

  @Test
  void whoseTimeIsOverIsToldSoAndNotBefore() {
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    long start = System.nanoTime();
    line.join(1, Duration.ofMillis(20), (waiting, what) -> outcome.set(what));
    Await.until("told", () -> outcome.get() != null);
    assertEquals(Outcome.TIME_OVER, outcome.get());
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(20).toNanos());
    put(1);
    line.join(1, FOREVER, taker(1));
    Await.until("the next is told", () -> told.equals(List.of(1)));
  }

  @Test
  void whoHasCancelledIsNotTold() {
    Waiting leaving = line.join(1, Duration.ofMillis(50), taker(1));
    line.join(1, FOREVER, taker(2));
    assertTrue(leaving.cancel());
    assertFalse(leaving.cancel());
    leaving.waitAgain(); // it had no turn
    put(1);
    Await.until("the other is told", () -> told.equals(List.of(2)));
    assertFalse(leaving.cancel());
  }

  @Test
  void allAreToldOfTheEndAndWhoeverComesLater() {
    List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 3; i++) {
      line.join(1, FOREVER, (waiting, outcome) -> outcomes.add(outcome));
    }
    line.end();
    Await.until("three", () -> outcomes.size() == 3);
    line.join(1, FOREVER, (waiting, outcome) -> outcomes.add(outcome));
    Await.until("the fourth", () -> outcomes.size() == 4);
    assertEquals(Collections.nCopies(4, Outcome.ENDED), outcomes);
  }

  @Test
  void aSourceThatEndsTellsAll() {
    AtomicInteger ended = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      line.join(
          1, FOREVER, (waiting, outcome) -> ended.addAndGet(outcome == Outcome.ENDED ? 1 : 0));
    }
    awaitQuiet(things.looks);
    things.count.set(Source.ENDED);
    waiters.ringAll();
    Await.until("all are told", () -> ended.get() == 3);
  }

  @Test
  void looksAgainAtTheTimeThatTheSourceNames() {
    things.nanosToLook = Duration.ofMillis(5).toNanos();
    line.join(1, FOREVER, taker(1));
    Await.passed(Duration.ofMillis(50)); // by now it has slept
    things.count.set(1); // and nobody rings
    Await.until("told", () -> told.size() == 1);
  }

  @Test
  void looksWithoutABellWhileSomethingIsUnderWay() {
    things.nanosToLook = Source.AT_ONCE;
    line.join(1, FOREVER, taker(1));
    Await.passed(Duration.ofMillis(50));
    things.count.set(1);
    Await.until("told", () -> told.size() == 1);
  }

  /** It completes just when the source has said that nothing is under way any more. */
  @Test
  void whatComesBetweenTheTwoQuestionsIsFound() {
    AtomicInteger count = new AtomicInteger();
    Source last =
        new Source() {
          @Override
          public int ready() {
            return count.get();
          }

          @Override
          public long nanosToLook() {
            count.set(1);
            return NEVER;
          }
        };
    bell.line(last).join(1, FOREVER, (waiting, outcome) -> told.add(1));
    Await.until("told", () -> told.size() == 1);
  }

  @Test
  void onePollsForManyLinesAndSleepsWhereNothingHappens() {
    List<Line> lines = new ArrayList<>();
    AtomicInteger looks = new AtomicInteger();
    for (int i = 0; i < 10_000; i++) {
      lines.add(
          waiters
              .bell()
              .line(
                  new Source() {
                    @Override
                    public int ready() {
                      looks.incrementAndGet();
                      return 0;
                    }

                    @Override
                    public long nanosToLook() {
                      return NEVER;
                    }
                  }));
    }
    lines.forEach(each -> each.join(1, FOREVER, (waiting, outcome) -> {}));
    line.join(1, FOREVER, taker(1));
    awaitQuiet(looks);
    int before = looks.get();
    put(1);
    Await.until("the one is told", () -> told.size() == 1);
    assertEquals(before, looks.get(), "no other line was looked at");
    lines.forEach(Line::end);
  }
}
