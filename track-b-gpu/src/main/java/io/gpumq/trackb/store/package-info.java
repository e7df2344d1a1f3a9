/**
 * Segments that keep: the memory of a track's device, cut into segments, and where in them each
 * entry lies. Plain Java over places; it knows neither the device nor the queues' rules.
 */
package io.gpumq.trackb.store;
