/**
 * Messages that carry their own proof: made and checked at tens of millions a second, every byte or
 * one word of each, and counted so that none can be lost, doubled or out of order unseen.
 */
package io.gpumq.soak.workload;
