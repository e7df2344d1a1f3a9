package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.trackb.device.CudaBackend;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.spi.Backend;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Device processes that die, by what a kernel does on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaIsolationScenariosTest extends IsolationScenarios {
  @Override
  Backend backend() {
    return new CudaBackend(0, 0, 1000);
  }

  @Test
  void aStoreThatThereIsNoVramForIsRefusedAndLeavesNothing() throws Exception {
    var vast = new TrackOptions("cuda", Map.of("isolation", "process", "store.bytes", "4095G"));
    for (int round = 0; round < ROUNDS; round++) {
      var refusal = assertThrows(ConfigException.class, () -> Tracks.open("b", vast));
      assertTrue(refusal.getMessage().contains("bytes of VRAM"), refusal::getMessage);
      try (var opened = TestTracks.isolated(backend(), ProcessPlan.of("cuda", Map.of(), true))) {
        var fits =
            QueueConfig.named("fits")
                .maxMessages(1024)
                .maxPayloadBytes(256)
                .handler("fail:every=2");
        try (var run = new IsolatedRun(opened.track().open(fits.build()), Cause.HANDLER_FAILED)) {
          run.receives();
          run.send(0, 100, 3, new Random());
          run.settle();
          run.queue.close();
        }
      }
    }
  }
}
