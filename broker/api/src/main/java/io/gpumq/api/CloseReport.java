package io.gpumq.api;

/**
 * Tells what a closed queue leaves behind.
 *
 * @param drained whether every group had settled every entry before the deadline
 * @param left messages that some group had not settled. They are gone with the queue. All whose
 *     sender was told that they were accepted are counted, and perhaps one of a sender that was
 *     refused at that moment
 * @param stats the counters at the end
 */
public record CloseReport(boolean drained, long left, QueueStats stats) {}
