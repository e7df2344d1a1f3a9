package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.delivery.Group;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who changes the groups while one of them makes a dead letter holds nobody else up. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReleasesTest {
  private final RingGeometry g =
      RingGeometry.of(
          QueueConfig.named("r").capacity(16).slotBytes(64).build(),
          HandlerSpec.parse("crc32c"),
          0);
  private final SharedFile file = SharedFile.create("r", g);
  private final Completions completions =
      new Completions(file, g, new Express(file, g), (sequence, word) -> true);
  private final Releases releases = new Releases(completions, g, new Targets());

  private final CountDownLatch giving = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Group slow = releases.group("slow", released -> released, this::slowGroup);

  @AfterEach
  void close() {
    goOn.countDown();
    file.close();
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

  private void assertHoldsNobodyUp(Runnable change) throws Exception {
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
    assertNotNull(releases.group("other", released -> released, this::slowGroup));
    assertFalse(changed.isDone());
    goOn.countDown();
    changed.get(30, TimeUnit.SECONDS);
    giver.get(30, TimeUnit.SECONDS);
  }

  @Test
  void removing() throws Exception {
    assertHoldsNobodyUp(() -> assertTrue(releases.remove("slow")));
    assertNull(releases.find("slow"));
    assertFalse(releases.remove("slow"));
  }

  @Test
  void moving() throws Exception {
    assertHoldsNobodyUp(() -> releases.move("slow", released -> 7));
    assertEquals(7, slow.acknowledgedTo());
  }
}
