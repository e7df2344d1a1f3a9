package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.device.CudaBackend;
import io.gpumq.trackb.isolation.IsolatedDevice;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.ring.RingBackend;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Device processes that die, by what a kernel does on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaIsolationScenariosTest extends IsolationScenarios {
  @Override
  RingBackend backend() {
    return new CudaBackend(0, 0, 1000);
  }

  @Test
  void aQueueThatThereIsNoVramForIsRefusedAndLeavesNothing() throws Exception {
    var device = new IsolatedDevice(backend(), ProcessPlan.of("cuda", Map.of(), true));
    try (var track = new RingTrack(device)) {
      for (int round = 0; round < ROUNDS; round++) {
        var vast = QueueConfig.named("vast").capacity(1 << 22).slotBytes(65_536).build();
        var refusal = assertThrows(ConfigException.class, () -> track.open(vast));
        assertTrue(refusal.getMessage().contains("bytes of VRAM"), refusal::getMessage);
        var fits = QueueConfig.named("fits").capacity(1024).slotBytes(256).handler("fail:every=2");
        try (var run = new IsolatedRun(track.open(fits.build()), Cause.HANDLER_FAILED)) {
          run.receives();
          run.send(0, 100, 3, new Random());
          run.settle();
          run.queue.close();
        }
      }
    }
  }
}
