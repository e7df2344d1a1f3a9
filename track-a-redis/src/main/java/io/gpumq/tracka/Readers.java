package io.gpumq.tracka;

import io.gpumq.api.Reader;
import io.gpumq.spi.Steps;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open readers of a queue. Safe for use by many threads. */
final class Readers {
  private final RedisQueue queue;
  private final RedisTrack track;
  private final Links links;
  private final Set<RedisReader> open = ConcurrentHashMap.newKeySet();

  Readers(RedisQueue queue, RedisTrack track, Links links) {
    this.queue = queue;
    this.track = track;
    this.links = links;
  }

  Reader open() {
    Link link = links.connect();
    RedisReader reader;
    try {
      reader = new RedisReader(queue, link, track.handling(queue.config()));
    } catch (Throwable e) {
      Steps.undo(e, () -> links.release(link));
      throw e;
    }
    open.add(reader);
    if (queue.health().isClosed()) {
      reader.close(); // the close may not have found it
    }
    return reader;
  }

  /** A reader has ended. */
  void left(RedisReader reader, Link link) {
    open.remove(reader);
    links.release(link);
  }

  /** Ends all; one that is inside a call ends as it leaves. */
  void close() {
    Steps steps = new Steps();
    open.forEach(reader -> steps.run(reader::close));
    steps.finish();
  }
}
