/**
 * Queues of the API over logs: lanes, producers, consumers, groups and dead letters. It opens the
 * rings that lanes go through ({@link io.gpumq.trackb.queue.Rings}), and watches them.
 */
package io.gpumq.trackb.queue;
