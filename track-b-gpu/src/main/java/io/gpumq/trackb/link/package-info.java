/**
 * Rings that carry: the host's side of a ring, from claims to completions. A ring carries the
 * entries of any number of lanes, in the order in which they were claimed, and knows of none of
 * them more than a {@link io.gpumq.trackb.link.Carried}.
 *
 * <pre>
 *   Chunks: take, write, leave      Slots: claim, describe, publish --head--> device
 *                                                                               |
 *   Carried  &lt;----------- Completions, in the ring's order &lt;----- words ----------+
 * </pre>
 *
 * A slot is free again as soon as its completion has landed and its lane has heard of it; a chunk,
 * as soon as that is true of all that was written into it.
 */
package io.gpumq.trackb.link;
