/**
 * Messages that carry their own proof: made and checked, every byte of every one, at tens of
 * millions a second, and counted so that none can be lost, doubled, out of order or changed unseen.
 */
package io.gpumq.soak.workload;
