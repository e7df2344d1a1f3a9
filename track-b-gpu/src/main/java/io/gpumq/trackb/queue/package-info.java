/**
 * Queues of the API over logs: lanes, producers, consumers, groups and dead letters. It knows which
 * ring a lane goes through, and nothing of slots, words or devices.
 */
package io.gpumq.trackb.queue;
