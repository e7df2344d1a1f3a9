package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.RingByHand;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Store;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who changes the groups while one of them makes a dead letter holds nobody else up. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LaneGroupsTest {
  private static final RingShape SHAPE = new RingShape(16, 8192, 4, 2, 1, 64, 0, 0, 1);

  private final RingByHand hand = new RingByHand(SHAPE, false);
  private final Store store = new Store(new Arena(4 << 20), 1 << 16, () -> {});
  private final Segments segments = new Segments(store, store.share(1 << 20, 0), 0);
  private final EntryLog log =
      new EntryLog(hand.ring, segments, 0, 16, Upkeep.of(store), Long::toString);
  private final LaneGroups groups =
      new LaneGroups(
          log,
          (sequence, word, verdict) -> true,
          new LaneMarks(
              log,
              sequence -> true,
              new Targets(),
              new LaneRetention(QueueConfig.named("q").build(), 0, log, null, null)));

  private final CountDownLatch giving = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Group slow = groups.group("slow", released -> released, this::slowGroup);

  @AfterEach
  void close() {
    goOn.countDown();
    hand.close();
  }

  /** A group whose dead letters take their time. */
  private Group slowGroup(long start) {
    return new Group(
        "slow",
        start,
        1_000_000_000_000L,
        1,
        false,
        sequence -> true,
        (sequence, cause, count, name) -> {
          giving.countDown();
          try {
            return goOn.await(1, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            return false;
          }
        },
        System::nanoTime);
  }

  private CompletableFuture<Void> startGivingUp() throws InterruptedException {
    Delivery delivery = new Delivery();
    slow.take(delivery, 1, 1, 1);
    slow.refuse(0, 0);
    var giver = CompletableFuture.runAsync(() -> slow.take(delivery, 1, 1, 1));
    assertTrue(giving.await(30, TimeUnit.SECONDS));
    return giver;
  }

  private void assertHoldsNobodyUp(Runnable change, End end) throws Exception {
    CompletableFuture<Void> giver = startGivingUp();
    CompletableFuture<Void> changed = new CompletableFuture<>();
    Thread changer =
        new Thread(
            () -> {
              change.run();
              changed.complete(null);
            });
    changer.setDaemon(true);
    changer.start();
    Await.until("a wait", () -> changer.getState() == Thread.State.TIMED_WAITING);
    assertNotNull(groups.group("other", released -> released, this::slowGroup));
    assertFalse(changed.isDone());
    goOn.countDown();
    changed.get(30, TimeUnit.SECONDS);
    end.of(giver);
  }

  /** How the take ends that gave something up. */
  private interface End {
    void of(CompletableFuture<Void> giver) throws Exception;
  }

  /** Once the letter is there the group may go: then the take hears of that at its next look. */
  @Test
  void removing() throws Exception {
    assertHoldsNobodyUp(
        () -> assertTrue(groups.remove("slow")),
        giver -> {
          try {
            giver.get(30, TimeUnit.SECONDS);
          } catch (ExecutionException e) {
            assertInstanceOf(QueueClosedException.class, e.getCause());
          }
        });
    assertNull(groups.find("slow"));
    assertFalse(groups.remove("slow"));
  }

  @Test
  void moving() throws Exception {
    assertHoldsNobodyUp(
        () -> groups.move("slow", released -> 7), giver -> giver.get(30, TimeUnit.SECONDS));
    assertEquals(7, slow.acknowledgedTo());
  }

  /** Who gives back what no group wants asks again whether that is still so. */
  @Test
  void tellsThatAnEntryMayBeWantedAgain() {
    long before = groups.revivals();
    assertTrue(groups.unlessRevived(before, () -> {}));
    groups.group("other", released -> released, this::slowGroup);
    assertFalse(groups.unlessRevived(before, () -> {}));
    long behind = groups.revivals();
    groups.move("other", released -> 0);
    assertFalse(groups.unlessRevived(behind, () -> {}));
  }
}
