package io.gpumq.tracka;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.QueueConfig;

/** Says which entries of a batch that was handled are to become dead letters, and which letters. */
final class Verdicts {
  private final QueueConfig config;
  private final String group;
  private final RedisBatch batch;
  private final Handling handling;

  Verdicts(QueueConfig config, String group, RedisBatch batch, Handling handling) {
    this.config = config;
    this.group = group;
    this.batch = batch;
    this.handling = handling;
  }

  /** The letter that a fetched entry must become, or null. A letter becomes none again. */
  Letter of(int position) {
    if (config.keepsLetters()) {
      return null;
    }
    int before = batch.deliveriesAt(position) - 1;
    int error = handling.error(position);
    if (before >= config.maxDeliveries()) {
      String reason = "delivered " + before + " times to group " + group;
      return letter(position, Cause.DELIVERY_LIMIT, reason, before, group);
    }
    if (error != 0) {
      String reason = "handler " + config.handler() + " failed with error " + error;
      return letter(position, Cause.HANDLER_FAILED, reason, config.handlerAttempts(), "");
    }
    return null;
  }

  private Letter letter(int position, Cause cause, String reason, int count, String by) {
    long sequence = batch.sequenceAt(position);
    return new Letter(
        batch.idAt(position),
        batch.payloadAt(position),
        batch.keyAt(position),
        new DeadLetter(config.name(), sequence, cause, reason, count, by));
  }
}
