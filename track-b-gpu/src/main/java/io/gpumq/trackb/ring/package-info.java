/**
 * Track B's ring as the host sees it: claim, publish, complete, deliver, over one shared-memory
 * file. A {@link io.gpumq.trackb.ring.RingDevice} does what happens in between.
 */
package io.gpumq.trackb.ring;
