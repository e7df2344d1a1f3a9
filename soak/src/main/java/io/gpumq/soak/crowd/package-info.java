/**
 * Many queues of one track at once, each with a group and a stream of messages of its own: what
 * they cost to open and to keep, and how fast messages go through all of them.
 */
package io.gpumq.soak.crowd;
