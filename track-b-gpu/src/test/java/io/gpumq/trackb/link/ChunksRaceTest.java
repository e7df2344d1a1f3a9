package io.gpumq.trackb.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads take chunks: each has its own alone, and in the end all can be had. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChunksRaceTest {
  private static final int CHUNK_BYTES = 8192;
  private static final int[] ROOMS = {4096, 64, 1024};

  private final AtomicLong next = new AtomicLong();
  private final AtomicLong landed = new AtomicLong();
  private final Map<Chunk, Thread> owners = new ConcurrentHashMap<>();

  @ParameterizedTest
  @CsvSource({"1,3", "2,4", "8,12", "15,6", "15,20", "32,6", "32,40"})
  void eachIsOnesAlone(int count, int callers) throws Exception {
    RingShape shape = new RingShape(16, CHUNK_BYTES, count, 2, 1, 64, 0, 0, 1);
    Chunks chunks = new Chunks(shape, 0, count, until -> until <= landed.get());
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        int caller = i;
        all.add(threads.submit(() -> comeOften(chunks, caller)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    landed.set(next.get());
    for (int i = 0; i < count; i++) {
      assertTrue(chunks.hasRoom(ROOMS[0]), i + " of " + count);
      assertNotNull(chunks.take(null, ROOMS[0]), i + " of " + count);
    }
  }

  private void comeOften(Chunks chunks, int caller) {
    SplittableRandom random = new SplittableRandom(caller);
    int room = ROOMS[caller % ROOMS.length];
    Chunk last = null;
    for (int turns = 0; turns < 10_000; ) {
      Chunk chunk = chunks.take(random.nextInt(4) == 0 ? null : last, room);
      if (chunk == null) {
        landed.accumulateAndGet(next.get(), Math::max);
        Thread.yield();
        continue;
      }
      fill(chunk, room, random);
      chunks.leave(chunk);
      last = chunk;
      turns++;
    }
  }

  private void fill(Chunk chunk, int room, SplittableRandom random) {
    assertNull(owners.put(chunk, Thread.currentThread()));
    assertTrue(chunk.room() >= room);
    if (random.nextBoolean()) {
      chunk.lend();
    }
    if (random.nextInt(8) == 0) {
      Thread.yield();
    }
    chunk.fill(chunk.at() + 16 * (1 + random.nextInt(room / 16)), next.incrementAndGet());
    assertEquals(Thread.currentThread(), owners.remove(chunk));
  }
}
