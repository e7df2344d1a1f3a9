package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.conformance.Await;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** A handler that never returns keeps the thread that polls, and nobody else. */
@Tag("redis")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HangingHandlerTest {
  /** Far more than a close takes, and far less than a handler that never returns. */
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  @Test
  void itKeepsItsOwnPollAlone() throws Exception {
    Track track = TestRedis.track();
    QueueConfig config =
        QueueConfig.named("hangs-" + ProcessHandle.current().pid())
            .handler("fail:every=1,how=loop")
            .handlerTimeout(Duration.ofMillis(100))
            .build();
    MessageQueue queue = track.open(config);
    queue.producer().send(new byte[32], Await.DEADLINE);
    Consumer stuck = queue.consumer("g", "stuck");
    Thread polls = new Thread(() -> poll(stuck), "polls");
    polls.setDaemon(true);
    polls.start();
    Await.until("the entry to be taken", () -> queue.groups().get(0).pending() == 1);
    assertAtOnce(stuck::close);
    assertAtOnce(() -> assertEquals("h", queue.consumer("h", "other").group()));
    assertAtOnce(() -> assertFalse(queue.close(Duration.ZERO).drained()));
    assertAtOnce(track::close); // on the device host
    assertTrue(polls.isAlive(), "it hangs, as the handler does");
    polls.interrupt(); // ends a handler of the device host
    Await.until("the poll to end", () -> !polls.isAlive());
  }

  /** Fails while the call hangs, and leaves it behind. */
  private static void assertAtOnce(Executable call) {
    assertTimeoutPreemptively(AT_ONCE, call);
  }

  private static void poll(Consumer consumer) {
    try {
      consumer.poll(1, Duration.ofSeconds(4));
    } catch (RuntimeException | InterruptedException e) {
      // Of no interest: the queue is closed by then.
    }
  }
}
