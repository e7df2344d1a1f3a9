package io.gpumq.soak.crowd;

import io.gpumq.soak.bench.Crew;
import io.gpumq.soak.bench.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends to each queue of a crowd in turn, a batch each time, while others read from the queues in
 * the same turn. Each queue is one sender's, and one reader's; where there are fewer queues than
 * readers, all readers share them. For one thread, and once for a crowd.
 */
public final class RoundRobin {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Duration patience;
  private final List<TurnSender> senders = new ArrayList<>();
  private final List<TurnReader> readers = new ArrayList<>();

  /**
   * Opens producers and consumers.
   *
   * @param senders threads that send; no more than there are queues take part
   * @param readers threads that read
   * @param batch messages that a queue gets in its turn, 1 or more
   * @param mostUnderWay messages that are sent and not acknowledged at once, over all queues
   * @param patience without any progress before what is missing counts as lost
   */
  public RoundRobin(
      Crowd crowd, int senders, int readers, int batch, long mostUnderWay, Duration patience) {
    this.patience = patience;
    int count = Math.min(senders, crowd.size());
    for (int i = 0; i < count; i++) {
      this.senders.add(new TurnSender(crowd, i, count, batch, mostUnderWay / count, patience));
    }
    for (int i = 0; i < readers; i++) {
      this.readers.add(new TurnReader(crowd, i, readers, count, batch));
    }
  }

  /** Sends for so long, and waits until all of it is acknowledged or nothing moves any more. */
  public Flow carry(Duration time) throws InterruptedException {
    long sent = sent();
    long seen = acknowledged();
    long start = System.nanoTime();
    long deadline = start + time.toNanos();
    readers.forEach(TurnReader::prepare);
    try (var crew = new Crew()) {
      for (TurnReader reader : readers) {
        crew.start("reader-" + readers.indexOf(reader), () -> reader.run(crew));
      }
      List<Thread> sending = new ArrayList<>();
      for (int i = 0; i < senders.size(); i++) {
        int number = i;
        TurnSender sender = senders.get(i);
        sending.add(
            crew.start(
                "sender-" + i, () -> sender.run(crew, deadline, () -> acknowledged(number))));
      }
      while (sending.stream().anyMatch(Thread::isAlive) && !crew.stopping()) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      readers.forEach(TurnReader::waitNoMore);
      awaitAll(crew);
      readers.forEach(TurnReader::end);
      crew.join();
      long last = readers.stream().mapToLong(TurnReader::lastNanos).max().orElse(start);
      return new Flow(sent() - sent, acknowledged() - seen, start, last, crew.allocatedBytes());
    }
  }

  private void awaitAll(Crew crew) {
    long counted = -1;
    long movedNanos = System.nanoTime();
    while (!crew.stopping() && acknowledged() < sent()) {
      long now = System.nanoTime();
      if (acknowledged() != counted) {
        counted = acknowledged();
        movedNanos = now;
      } else if (now - movedNanos > patience.toNanos()) {
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private long sent() {
    return senders.stream().mapToLong(TurnSender::sent).sum();
  }

  private long acknowledged() {
    long sum = 0;
    for (int i = 0; i < senders.size(); i++) {
      sum += acknowledged(i);
    }
    return sum;
  }

  /** Messages of that sender that readers have acknowledged. */
  private long acknowledged(int sender) {
    long sum = 0;
    for (TurnReader reader : readers) {
      sum += reader.acknowledged(sender);
    }
    return sum;
  }
}
