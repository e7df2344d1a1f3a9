package io.gpumq.api;

/**
 * Holds a queue's counters since it was opened, as they were at one moment. Immutable.
 *
 * @param sent messages accepted from producers
 * @param handled messages that the handler is done with, failed ones included
 * @param delivered entries handed to consumers, redeliveries included, summed over the groups
 * @param acknowledged entries acknowledged by consumers, summed over the groups
 * @param redelivered those of {@code delivered} that were not the first to their group
 * @param failed messages whose handler failed at each attempt
 * @param deadLettered dead letters that this queue made, summed over the groups
 * @param deleted messages that {@link MessageQueue#delete} took out
 * @param depth messages sent that some group has not settled (acknowledged, given up, or deleted);
 *     never above {@link QueueConfig#maxMessages()}. In a queue without a group all that are kept
 *     count, or none where its {@link QueueConfig#retention() retention} keeps what is settled
 * @param bytes payload bytes of {@code sent}
 * @param storeBytes that the queue holds of the track's store now, with all that lies beside
 *     payloads; 0 on Track A, which has none
 */
public record QueueStats(
    long sent,
    long handled,
    long delivered,
    long acknowledged,
    long redelivered,
    long failed,
    long deadLettered,
    long deleted,
    long depth,
    long bytes,
    long storeBytes) {}
