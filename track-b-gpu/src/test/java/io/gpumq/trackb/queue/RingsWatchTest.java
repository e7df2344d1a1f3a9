package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.QueueConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The looks at a track's rings, some of which cannot be looked at. */
class RingsWatchTest {
  private final Logger logger = Logger.getLogger(Rings.class.getName());
  private final List<LogRecord> said = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          said.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  @Test
  void aLookThatThrowsIsSaidOnceAndKeepsNoOtherRingFromBeingWatched() {
    Map<String, Integer> looks = new TreeMap<>();
    try (TestShop shop = TestShop.onHost()) {
      shop.open(QueueConfig.named("four").maxMessages(16).lanes(4));
      shop.device.beforeFailure =
          ring -> {
            looks.merge(ring, 1, Integer::sum);
            if (ring.equals("ring-1") || ring.equals("ring-2")) {
              throw new IllegalStateException("no answer");
            }
          };
      for (int i = 0; i < 5; i++) {
        shop.rings.watch();
      }
    }
    assertEquals(Map.of("reads", 5, "ring-0", 5, "ring-1", 5, "ring-2", 5, "ring-3", 5), looks);
    assertEquals(1, said.size());
  }
}
