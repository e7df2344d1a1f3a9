package io.gpumq.trackb.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import io.gpumq.trackb.Scarcity;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a device process for which not all threads can be started, nothing is left. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScarceProcessTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void itLeavesNothing(int threads) throws Exception {
    Scarcity.run(Short.class, Integer.toString(threads));
  }

  /** Starts a process where there is room for too few threads. */
  static final class Short {
    private static DeviceProcess start(CompletableFuture<Void> end) throws Exception {
      var listener =
          new DeviceProcess.Listener() {
            @Override
            public void answered(DeviceProcess process, Answer answer) {
              // None is waited for.
            }

            @Override
            public void died(DeviceProcess process) {
              end.complete(null);
            }
          };
      return DeviceProcess.start(ProcessPlan.of("host", Map.of(), false), 1, Map.of(), listener);
    }

    public static void main(String[] args) throws Exception {
      var warm = new CompletableFuture<Void>();
      start(warm).kill("every class is loaded now");
      warm.get(30, TimeUnit.SECONDS);
      awaitNothingLeft();
      Scarcity scarcity = Scarcity.begin();
      scarcity.makeRoomFor(Integer.parseInt(args[0]));
      boolean refused = false;
      try {
        start(new CompletableFuture<>()).kill("there was room for all its threads");
      } catch (OutOfMemoryError e) {
        refused = true;
      }
      scarcity.end();
      assertTrue(refused || !args[0].equals("0"), "no thread could be started");
      awaitNothingLeft();
      System.exit(0);
    }

    private static void awaitNothingLeft() {
      long own = ProcessHandle.current().pid();
      Await.until("no thread is left", () -> threads().isEmpty());
      Await.until(
          "no process is left",
          () -> DeviceProcesses.all().stream().noneMatch(found -> found.owner() == own));
      assertEquals(List.of(), threads());
    }

    private static List<String> threads() {
      return Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .filter(name -> name.startsWith("gpumq-device"))
          .toList();
    }
  }
}
