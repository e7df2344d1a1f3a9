/**
 * Track A, the baseline: queues over Redis Streams, the usual way and tuned fairly.
 *
 * <p>One message's life: a producer's pipeline of {@code XADD} appends it ({@link
 * io.gpumq.tracka.RedisProducer}); {@code XREADGROUP} hands it to a consumer in a batch ({@link
 * io.gpumq.tracka.RedisConsumer}), which packs the batch, launches the handler once over it and
 * reads the results back ({@link io.gpumq.tracka.Handling}); {@code XACK} settles it, {@code
 * XAUTOCLAIM} redelivers it when its lease has run out, a dead letter ends it ({@link
 * io.gpumq.tracka.Letters}); {@code XTRIM} lets it go when every group has settled it ({@link
 * io.gpumq.tracka.Trimmer}).
 *
 * <p>Results are not kept in Redis: each group runs the handler on its own, and again at each
 * redelivery. A message whose handler failed for one group is given up for all, with one letter:
 * those that no consumer has seen it in never do. Leases, and limits of deliveries, are looked at
 * when a consumer of the group polls.
 */
package io.gpumq.tracka;
