package io.gpumq.soak.guard;

/**
 * What one run of the {@link GuardLoop} took.
 *
 * @param oneMs of one thread with nothing beside it, in milliseconds
 * @param threads that ran the loop at once afterwards
 * @param allMs of the slowest of these, in milliseconds
 * @param gapMs longest time, in milliseconds, between two looks of any thread at the clock
 */
public record Reading(double oneMs, int threads, double allMs, double gapMs) {}
