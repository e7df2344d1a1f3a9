/**
 * Who is delivered what, and when again: consumer groups over a queue's entries. Plain Java over
 * sequences and clocks; it knows neither payloads nor devices.
 *
 * <p>A {@link io.gpumq.trackb.delivery.Group} hands out runs of sequences and remembers, until an
 * entry is settled, how often it was delivered and when it is due again:
 *
 * <pre>
 *                 acknowledgedTo                          cursor        completed
 *   ... settled ------+-- pending and settled, mixed -------+-- new --------+-- not handled yet ...
 * </pre>
 *
 * Only what is pending costs memory: 24 bytes for neighbours that were delivered together, 32 of
 * them at most, and below 32 for an entry that is alone.
 */
package io.gpumq.trackb.delivery;
