/**
 * How threads and listeners wait for something that one thread a track looks for, whatever their
 * number; for tracks.
 */
package io.gpumq.spi.waiting;
