package io.gpumq.trackb.layout;

/** stand-in */
public record RingShape(
    int slots,
    int chunkBytes,
    int chunks,
    int ticketSlots,
    int maxTries,
    int resultBytes,
    int expressBytes) {}
