package io.gpumq.trackb.ring;

import static io.gpumq.microbench.PerMessage.MESSAGES;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import java.util.HashSet;

/**
 * An ingress ring whose gates this thread opens itself, so that the producer's side stands alone.
 */
final class FreeRing implements AutoCloseable {
  final RingGeometry geometry;
  final IngressRing ingress;
  final RingProducer producer;

  private final RingQueue queue;
  private final SharedFile file;
  private long free;

  FreeRing(int slotBytes) {
    QueueConfig config =
        QueueConfig.named("microbench").slotBytes(slotBytes).capacity(1 << 16).build();
    geometry = RingGeometry.of(config, HandlerSpec.parse(config.handler()), 0);
    file = SharedFile.create(config.name(), geometry);
    ingress = new IngressRing(file, geometry, () -> free, () -> free);
    queue = new RingQueue(config, new PlayedDevice(), new HashSet<>());
    producer = new RingProducer(queue, ingress, null);
  }

  /** What was published is over and done with. */
  void open() {
    free += MESSAGES;
  }

  @Override
  public void close() {
    queue.close();
    file.close();
  }
}
