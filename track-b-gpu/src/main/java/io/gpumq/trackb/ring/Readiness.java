package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.DeadLetterStore;
import io.gpumq.trackb.delivery.Group;

/**
 * Whether there is something for those who wait on a ring. All waits of a track stand behind each
 * answer: so it waits for nothing, neither the device nor a lock that is held meanwhile. A dead
 * letter that is due is something, too: whoever is woken for it writes it.
 *
 * <p>Safe for use by many threads.
 */
final class Readiness {
  private final SharedFile file;
  private final RingState state;
  private final Completions completions;
  private final Releases releases;
  private final IngressRing ingress;
  private final DeadLetterStore letters;

  Readiness(
      SharedFile file,
      RingState state,
      Completions completions,
      Releases releases,
      IngressRing ingress,
      DeadLetterStore letters) {
    this.file = file;
    this.state = state;
    this.completions = completions;
    this.releases = releases;
    this.ingress = ingress;
    this.letters = letters;
  }

  /** Whether a poll for a group may not come back empty, or would throw. */
  boolean forPoll(String group) {
    Group of = releases.find(group);
    if (of == null || !state.isUsable() || !file.tryHold()) {
      return true;
    }
    try { // and not by a lambda: it is asked some hundred thousand times a second
      return has(of);
    } finally {
      file.release();
    }
  }

  private boolean has(Group group) {
    return group.isReady(completions.look()) || owesLetter();
  }

  /** Whether a send may find room, or would throw. */
  boolean forSend() {
    if (!state.takesMore() || !file.tryHold()) {
      return true;
    }
    try {
      return hasRoom();
    } finally {
      file.release();
    }
  }

  private boolean hasRoom() {
    completions.look(); // first: without a group nobody else looks
    return ingress.room(completions.landedSoFar(), releases.look()) > 0 || owesLetter();
  }

  private boolean owesLetter() {
    return completions.hasFailedNext() && !letters.isFull();
  }
}
