package io.gpumq.trackb;

import org.junit.jupiter.api.Tag;

/** Large messages, on a GPU. */
@Tag("gpu")
@Tag("gpu-beside")
class CudaLargeMessagesTest extends LargeMessages {
  @Override
  String device() {
    return "cuda";
  }
}
