package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XRANGE;
import static redis.clients.jedis.Protocol.Command.XREVRANGE;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Reader;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.Steps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads a stream by position, over one connection of its own. The handler runs on what is read, as
 * it does on what is polled: only then it is known which messages it fails at.
 */
final class RedisReader implements Reader {
  private static final int MAX_READ = 65_536;

  private final RedisQueue queue;
  private final Link link;
  private final Handling handling;
  private final RedisBatch batch;
  private final Entrance entrance = new Entrance(this::end);

  RedisReader(RedisQueue queue, Link link, Handling handling) {
    this.queue = queue;
    this.link = link;
    this.handling = handling;
    this.batch = new RedisBatch(null, handling);
  }

  @Override
  public long oldest(int lane) {
    requireLane(lane);
    return inside(
        () -> {
          long end = nextEnd();
          readForwards(0, end, 1);
          long oldest = batch.size() == 0 ? end : batch.sequence(0);
          batch.begin();
          return oldest;
        });
  }

  @Override
  public long end(int lane) {
    requireLane(lane);
    return inside(this::nextEnd);
  }

  @Override
  public Batch from(long position, int max) {
    require(position, max);
    return inside(
        () -> {
          readForwards(position, nextEnd(), max);
          return batch.polled();
        });
  }

  @Override
  public Batch before(long position, int max) {
    require(position, max);
    return inside(
        () -> {
          readBackwards(Math.min(position, nextEnd()), max);
          return batch.polled();
        });
  }

  /** Behind what Redis has confirmed. */
  private long nextEnd() {
    return queue.highest() + 1;
  }

  /** Fills the batch with the first messages from a position on; it ends what is out. */
  private void readForwards(long position, long end, int max) {
    int most = Math.min(max, handling.capacity());
    byte[] count = Args.bytes(most);
    batch.begin();
    for (long next = position; next < end && batch.size() == 0; ) {
      byte[] from = Ids.id(next);
      byte[] to = Ids.idBefore(end);
      List<?> page =
          link.retry(
              () -> (List<?>) link.call(XRANGE, queue.stream(), from, to, Args.COUNT, count));
      handle(page);
      next = page.size() < most ? end : batch.sequenceAt(batch.fetched() - 1) + 1;
    }
  }

  /** Fills the batch with the last messages before a position; it ends what is out. */
  private void readBackwards(long position, int max) {
    int most = Math.min(max, handling.capacity());
    byte[] count = Args.bytes(most);
    batch.begin();
    for (long end = position; end > 0 && batch.size() == 0; ) {
      byte[] to = Ids.idBefore(end);
      List<?> page =
          link.retry(
              () ->
                  (List<?>)
                      link.call(XREVRANGE, queue.stream(), to, Args.FIRST, Args.COUNT, count));
      List<Object> rising = new ArrayList<>(page);
      Collections.reverse(rising);
      handle(rising);
      end = page.size() < most ? 0 : batch.sequenceAt(0);
    }
  }

  /** Runs the handler on a page, and takes those into the batch that it does not fail at. */
  private void handle(List<?> page) {
    batch.clear();
    page.forEach(entry -> batch.add((List<?>) entry));
    if (batch.fetched() == 0) {
      return;
    }
    try {
      handling.handle(batch);
    } catch (TrackFailedException e) {
      throw queue.health().fail(e.getMessage(), e);
    }
    for (int i = 0; i < batch.fetched(); i++) {
      if (handling.error(i) == 0) {
        batch.hand(i);
      }
    }
  }

  private static void requireLane(int lane) {
    if (lane != 0) {
      throw new ConfigException(
          "lane " + lane + ": track a keeps a queue in one stream, so it must be 0");
    }
  }

  private static void require(long position, int max) {
    Ids.requirePosition(position);
    if (max < 1 || max > MAX_READ) {
      throw new ConfigException("max " + max + ": must be between 1 and " + MAX_READ);
    }
  }

  /** What one thread at a time does here; any thread may close the reader meanwhile. */
  private <T> T inside(Entrance.Call<T, RuntimeException> call) {
    return Health.inside(entrance, this::requireOpen, call);
  }

  private void requireOpen() {
    queue.health().requireOpen();
    if (entrance.isEnding()) {
      throw new QueueClosedException(
          "this reader of queue '" + queue.name() + "' is closed; open another");
    }
  }

  @Override
  public void close() {
    entrance.end();
  }

  private void end() {
    new Steps()
        .run(batch::begin)
        .run(handling::close)
        .run(() -> queue.readers().left(this, link))
        .finish();
  }
}
