/**
 * Holds what a user of GpuMQ sees. A {@link io.gpumq.api.Track} opens {@link
 * io.gpumq.api.MessageQueue queues}; {@link io.gpumq.api.Producer producers} send, {@link
 * io.gpumq.api.Consumer consumers} poll and acknowledge. The same code runs on every track.
 *
 * <pre>{@code
 * try (Track track = Tracks.open("b", TrackOptions.DEFAULT);
 *     MessageQueue queue = track.open(QueueConfig.named("ticks").handler("crc32c").build());
 *     Consumer consumer = queue.consumer("audit", "audit-1");
 *     Producer producer = queue.producer()) {
 *   producer.send("hello".getBytes(UTF_8), Duration.ofSeconds(1));
 *   Batch batch = consumer.poll(256, Duration.ofSeconds(1));
 *   for (int i = 0; i < batch.size(); i++) {
 *     use(batch.get(i).payload(), batch.get(i).result());
 *   }
 *   consumer.acknowledge(batch);
 * }
 * }</pre>
 */
package io.gpumq.api;
