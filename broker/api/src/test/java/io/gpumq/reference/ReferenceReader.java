package io.gpumq.reference;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Reader;
import io.gpumq.reference.ReferenceConsumer.Delivery;
import io.gpumq.reference.ReferenceConsumer.Polled;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads by position as the API defines it. Guarded by its queue's lock. */
final class ReferenceReader implements Reader {
  private final ReferenceQueue queue;
  private final Kept kept;
  private boolean closed;
  private Polled last = new Polled();

  ReferenceReader(ReferenceQueue queue, Kept kept) {
    this.queue = queue;
    this.kept = kept;
  }

  @Override
  public long oldest(int lane) {
    return queue.locked(
        () -> {
          requireOpen(lane);
          return Math.min(kept.oldest(queue.next()), kept.end(queue.next()));
        });
  }

  @Override
  public long end(int lane) {
    return queue.locked(
        () -> {
          requireOpen(lane);
          return kept.end(queue.next());
        });
  }

  @Override
  public Batch from(long position, int max) {
    return read(
        position, max, all -> all.stream().filter(m -> m.sequence() >= position).limit(max));
  }

  @Override
  public Batch before(long position, int max) {
    return read(
        position,
        max,
        all -> {
          List<Message> below = all.stream().filter(m -> m.sequence() < position).toList();
          return below.stream().skip(Math.max(0, below.size() - max));
        });
  }

  private Batch read(
      long position, int max, Function<Collection<Message>, Stream<Message>> choice) {
    if (max < 1 || max > 65_536) {
      throw new ConfigException("max " + max + ": must be between 1 and 65536");
    }
    return queue.locked(
        () -> {
          requireOpen((int) (position >>> 56));
          last.deliveries.clear();
          last = new Polled();
          var all = kept.messages.headMap(kept.end(queue.next()), false).values();
          choice.apply(all).forEach(each -> last.deliveries.add(new Delivery(each, 0)));
          return last;
        });
  }

  private void requireOpen(int lane) {
    queue.requireOpen();
    if (closed) {
      throw new QueueClosedException("this reader is closed");
    }
    if (lane != 0) {
      throw new ConfigException("lane " + lane + ": there is lane 0 alone");
    }
  }

  @Override
  public void close() {
    queue.locked(
        () -> {
          closed = true;
          last.deliveries.clear();
          return null;
        });
  }
}
