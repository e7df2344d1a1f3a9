package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDevices;
import io.gpumq.spi.BatchRunner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a dead kernel looks like. Each test in a process of its own. */
@Tag("gpu")
@Tag("gpu-fault")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CudaBatchFaultTest {
  @Test
  void aTrapFailsEveryRunner() {
    check("trap", "CUDA_ERROR_");
  }

  @Test
  void anIllegalAddressFailsEveryRunner() {
    check("address", "CUDA_ERROR_ILLEGAL_ADDRESS");
  }

  private static void check(String how, String name) {
    try (BatchDevice device = BatchDevices.open("cuda");
        BatchRunner bystander = device.runner("echo", 64, 1);
        BatchRunner runner = device.runner("fail:every=1,attempts=1,how=" + how, 64, 1)) {
      runner.put(0, new byte[8]);
      runner.run(1, 2); // a later attempt: nothing fails
      var error = assertThrows(TrackFailedException.class, () -> runner.run(1, 1));
      assertTrue(error.getMessage().contains("device cuda has failed"), error.getMessage());
      assertTrue(error.getMessage().contains(name), error.getMessage());
      assertThrows(TrackFailedException.class, () -> runner.run(1, 2));
      assertThrows(TrackFailedException.class, () -> bystander.run(1, 1));
      assertThrows(TrackFailedException.class, () -> device.runner("echo", 64, 1));
    }
  }
}
