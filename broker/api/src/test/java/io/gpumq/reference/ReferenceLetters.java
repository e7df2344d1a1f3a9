package io.gpumq.reference;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;

/** Where the dead letters of a reference queue go: to another. Under the track's lock. */
final class ReferenceLetters {
  private final ReferenceQueue of;
  private final ReferenceTrack track;
  private long written;

  ReferenceLetters(ReferenceQueue of, ReferenceTrack track) {
    this.of = of;
    this.track = track;
  }

  /** The queue, opened if need be. */
  ReferenceQueue queue() {
    QueueConfig config = of.config();
    return config.keepsLetters() ? of : track.openQueues().lettersOf(config);
  }

  /** Deliveries to a group that make a letter of an entry. */
  int after() {
    return of.config().keepsLetters() ? Integer.MAX_VALUE : of.config().maxDeliveries();
  }

  boolean haveRoom() {
    return !track.openQueues().isClosed() && queue().takesLetter();
  }

  void write(Message message, Cause cause, String reason, int count, String group) {
    queue()
        .keep(message, new DeadLetter(of.name(), message.sequence(), cause, reason, count, group));
    written++;
  }

  /** The queue that a letter goes back to, and its group there, unless that is null. */
  ReferenceQueue origin(DeadLetter letter, String group) {
    ReferenceQueue origin =
        track
            .openQueues()
            .find(letter.queue())
            .orElseThrow(() -> new QueueClosedException(letter.queue() + ": is not open"));
    if (group != null && !origin.groups.containsKey(group)) {
      throw new ConfigException("group '" + group + "': there is none of that name");
    }
    origin.requireIntake();
    return origin;
  }

  long written() {
    return written;
  }
}
