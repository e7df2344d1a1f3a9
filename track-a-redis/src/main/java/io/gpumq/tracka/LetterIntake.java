package io.gpumq.tracka;

import io.gpumq.api.QueueClosedException;

/** How dead letters come into a queue that keeps them. Safe for use by many threads. */
final class LetterIntake {
  private final RedisQueue queue;
  private final Link admin; // guarded by the queue's monitor

  LetterIntake(RedisQueue queue, Link admin) {
    this.queue = queue;
    this.admin = admin;
  }

  /** Takes room for letters, trimming where there seems to be too little; says for how many. */
  int reserve(int wanted) {
    try {
      queue.health().requireIntake();
      int reserved = queue.room().reserve(wanted);
      if (reserved < wanted) {
        synchronized (queue) {
          queue.trimmer().makeRoom(admin);
        }
        reserved += queue.room().reserve(wanted - reserved);
      }
      return reserved;
    } catch (QueueClosedException e) {
      return 0; // it is closing; when it has closed, the next letter opens it anew
    }
  }

  boolean hasRoom() {
    int reserved = reserve(1);
    queue.room().giveBack(reserved);
    return reserved > 0;
  }

  /** Runs what writes letters, while no other writer does; nothing above its floor may go. */
  synchronized void write(Trimmer.Floor writer, Runnable writing) {
    queue.trimmer().register(writer);
    try {
      writing.run();
    } finally {
      queue.trimmer().unregister(writer);
    }
  }

  /** A letter has joined. */
  void joined(byte[] id, int bytes) {
    queue.sawSent(Ids.sequence(id));
    queue.room().sent(1, bytes);
    queue.health().ring();
  }
}
