package io.gpumq.reference;

import io.gpumq.api.QueueStats;

/** What a queue has counted. Guarded by its lock. */
final class Counts {
  long handled;
  long delivered;
  long acknowledged;
  long redelivered;
  long failed;
  long deleted;
  long bytes;

  void took(byte[] payload) {
    handled++;
    bytes += payload.length;
  }

  QueueStats stats(long sent, long deadLettered, long depth) {
    return new QueueStats(
        sent,
        handled,
        delivered,
        acknowledged,
        redelivered,
        failed,
        deadLettered,
        deleted,
        depth,
        bytes,
        0);
  }
}
