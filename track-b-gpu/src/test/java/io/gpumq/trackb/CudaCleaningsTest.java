package io.gpumq.trackb;

import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaCleaningsTest extends Cleanings {
  CudaCleaningsTest() {
    super("cuda");
  }
}
