package io.gpumq.trackb.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeviceProcessTest {
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final AtomicInteger toldOfEnd = new AtomicInteger();
  private int deaf;

  private DeviceProcess start() throws Exception {
    var listener =
        new DeviceProcess.Listener() {
          @Override
          public void answered(DeviceProcess process, Answer answer) {
            // None is waited for.
          }

          @Override
          public void died(DeviceProcess process) {
            if (toldOfEnd.incrementAndGet() <= deaf) {
              throw new OutOfMemoryError("of a test");
            }
            end.complete(process.obituary());
          }
        };
    return DeviceProcess.start(ProcessPlan.of("host", Map.of(), false), 1, Map.of(), listener);
  }

  /** Or its owner would wait for what the command asks for. */
  @Test
  void oneThatMissesACommandIsEnded() throws Exception {
    start().send(new Command.Open(1, null, null, null, null));
    String why = end.get(30, TimeUnit.SECONDS);
    assertTrue(why.startsWith("it missed a command: java.lang.NullPointerException"), why);
  }

  @Test
  void anEndIsToldUntilItIsHeard() throws Exception {
    deaf = 2;
    start().kill("by a test");
    assertEquals("by a test", end.get(30, TimeUnit.SECONDS));
    assertEquals(3, toldOfEnd.get());
  }
}
