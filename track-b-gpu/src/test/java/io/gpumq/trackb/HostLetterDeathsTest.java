package io.gpumq.trackb;

import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** Letters beside deaths, without a GPU. */
@Tag("chaos")
class HostLetterDeathsTest extends LetterDeaths {
  @Override
  Backend backend() {
    return new HostBackend();
  }
}
