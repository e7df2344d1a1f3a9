package io.gpumq.api;

/**
 * What a closed queue leaves behind.
 *
 * @param drained whether every group had settled every entry before the deadline
 * @param left messages that some group had not settled, and that are gone with the queue: all whose
 *     sender was told that they were accepted, and perhaps one of a sender refused at that moment
 * @param stats the counters at the end
 */
public record CloseReport(boolean drained, long left, QueueStats stats) {}
