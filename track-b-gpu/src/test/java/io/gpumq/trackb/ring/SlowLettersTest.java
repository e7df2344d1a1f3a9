package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.device.HostBackend;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that is slow to give what a dead letter needs: no other wait stands behind that. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowLettersTest {
  private static final Duration WAIT = Duration.ofHours(1);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch given = new CountDownLatch(1);
  private final Running running = new Running();
  private RingQueue slow;
  private RingQueue other;

  @BeforeEach
  void open() {
    ReadingDevice device = new ReadingDevice(new LocalDevice(new HostBackend()));
    device.beforeRead =
        () -> {
          asked.countDown();
          try {
            given.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    QueueConfig config =
        QueueConfig.named("slow").capacity(16).slotBytes(64).handler("fail:every=1").build();
    slow = new RingQueue(config, device, running);
    other =
        new RingQueue(
            QueueConfig.named("other").capacity(16).slotBytes(64).build(),
            new LocalDevice(new HostBackend()),
            running);
  }

  @AfterEach
  void close() {
    given.countDown();
    slow.close(Duration.ZERO);
    other.close(Duration.ZERO);
  }

  /** Makes a call on a thread of its own, which waits then. */
  private static Thread waits(CompletableFuture<Integer> answer, Call call) {
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(call.make());
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            },
            "waits");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private interface Call {
    int make() throws InterruptedException;
  }

  private static void awaitParked(Thread thread) {
    Await.until("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  private static CompletableFuture<Integer> poll(RingQueue queue) {
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    Consumer consumer = queue.consumer("g", "c");
    awaitParked(waits(answer, () -> consumer.poll(1, WAIT).size()));
    return answer;
  }

  private void assertGoesOn(CompletableFuture<Integer> polled) throws Exception {
    other.producer().send(new byte[1], WAIT);
    assertEquals(1, polled.get(30, TimeUnit.SECONDS));
  }

  @Test
  void aConsumerThatWaitsWritesIt() throws Exception {
    poll(slow);
    CompletableFuture<Integer> polled = poll(other);
    slow.producer().send(new byte[8], WAIT);
    assertTrue(asked.await(30, TimeUnit.SECONDS));
    assertGoesOn(polled);
    given.countDown();
    Await.until("the letter", () -> slow.deadLetters().size() == 1);
  }

  /** Nobody reads the queue that is full of what has failed. */
  @Test
  void aProducerThatWaitsWritesIt() throws Exception {
    slow.createGroup("g");
    CompletableFuture<Integer> polled = poll(other);
    CompletableFuture<Integer> sent = new CompletableFuture<>();
    waits(
        sent,
        () -> {
          for (int i = 0; i < 100; i++) {
            slow.producer().send(new byte[8], WAIT);
          }
          return 100;
        });
    assertTrue(asked.await(30, TimeUnit.SECONDS));
    assertGoesOn(polled);
    given.countDown();
    assertEquals(100, sent.get(30, TimeUnit.SECONDS));
  }

  /** Whoever writes it holds no lock that the look for others wants. */
  @Test
  void aCallThatTakesALockWritesItBefore() throws Exception {
    Consumer consumer = slow.consumer("g", "c");
    slow.producer().send(new byte[8], WAIT);
    CompletableFuture<Integer> made = new CompletableFuture<>();
    waits(
        made,
        () -> {
          int groups = 0;
          for (; asked.getCount() > 0; groups++) {
            slow.createGroup("h");
            slow.removeGroup("h");
          }
          return groups;
        });
    assertTrue(asked.await(30, TimeUnit.SECONDS));
    CompletableFuture<Integer> polls = new CompletableFuture<>();
    awaitParked(waits(polls, () -> consumer.poll(1, WAIT).size()));
    assertGoesOn(poll(other));
    given.countDown();
    made.get(30, TimeUnit.SECONDS);
    consumer.close();
  }
}
