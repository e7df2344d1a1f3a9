package io.gpumq.trackb;

import org.junit.jupiter.api.Tag;

@Tag("gpu")
@Tag("gpu-beside")
class CudaCleaningsTest extends Cleanings {
  CudaCleaningsTest() {
    super("cuda");
  }
}
