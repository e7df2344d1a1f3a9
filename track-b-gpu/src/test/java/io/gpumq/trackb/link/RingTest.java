package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many lanes share a ring, many producers its chunks: each lane gets its own, in its order. */
@Timeout(120)
class RingTest {
  private static final int LARGEST = 512;
  private static final long MESSAGES = 8_000;
  private static final int STORE_BYTES = 1 << 26;

  private final RingShape shape = new RingShape(256, 8192, 8, 8, 3, LARGEST, 0, 0);
  private final RingFile file = RingFile.create("test", shape);
  private final ByteBuffer store = direct(STORE_BYTES);
  private final Ring ring = new Ring(file, shape, false);

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @AfterEach
  void removeFile() {
    file.close();
  }

  /** A lane's entries, which lie one behind the other in a part of the store. */
  private final class Lane implements Carried {
    private final int number;
    private final long start;
    private long next;
    private long end;
    private final List<Long> places = new ArrayList<>();
    private volatile long completed;
    private volatile Throwable failure;
    private long failed;
    private long window;

    private Lane(int number, int lanes) {
      this.number = number;
      start = (long) number * (STORE_BYTES / UNIT / lanes);
      end = start;
    }

    private synchronized boolean isUnfinished() {
      return next < MESSAGES;
    }

    /** The payload of a message: its number in the lane, the lane, then bytes drawn from both. */
    private void write(ByteBuffer to, long message) {
      SplittableRandom random = new SplittableRandom(message * 31 + number);
      int length = 8 + random.nextInt(LARGEST - 8);
      to.order(ByteOrder.LITTLE_ENDIAN).putLong(message << 8 | number);
      for (int i = 8; i < length; i++) {
        to.put((byte) random.nextInt());
      }
    }

    private synchronized int send(Draft draft, int count) {
      if (!draft.begin()) {
        return 0;
      }
      try {
        for (int i = 0; i < count && draft.hasRoom(); i++) {
          ByteBuffer to = draft.payload();
          write(to, next + i);
          draft.add(to.position(), 1);
        }
        int claimed = draft.claim(this, next, draft.count(), end, true);
        for (int i = 0; i < claimed; i++) {
          places.add(end);
          end += draft.units(i);
        }
        next += claimed;
        return claimed;
      } finally {
        draft.end();
      }
    }

    @Override
    public void completed(Run run, int first, int count, boolean landed) {
      try {
        assertEquals(completed, run.sequence() + first);
        check(run, first, count);
      } catch (Throwable e) {
        failure = e;
      }
      completed = completed + count;
    }

    private void check(Run run, int first, int count) {
      boolean held = run.isPushed() && run.chunk().tryHold(run.filling());
      long place = run.place();
      int unit = run.unit();
      for (int i = 0; i < first + count; i++) {
        long header = Words.get(store, (int) place * UNIT);
        int units = 1 + EntryHeader.units(EntryHeader.length(header));
        if (i >= first) {
          ByteBuffer sent = ByteBuffer.allocate(LARGEST);
          write(sent, run.sequence() + i);
          sent.flip();
          int body = ((int) place + 1) * UNIT;
          assertEquals(sent, store.slice(body, sent.limit()));
          if (held) {
            assertEquals(sent, file.window().slice((unit + 1) * UNIT, sent.limit()));
            window++;
          }
        }
        place += units;
        unit += units;
      }
      if (held) {
        run.chunk().letGo();
      }
    }

    @Override
    public void failed(Run run, int index, long word) {
      failed++;
      completed = completed + 1;
    }

    @Override
    public void landed(Run run) {
      throw new AssertionError("nothing goes by express here");
    }
  }

  private static Lane unfinished(List<Lane> lanes, SplittableRandom random) {
    Lane drawn = lanes.get(random.nextInt(lanes.size()));
    return drawn.isUnfinished()
        ? drawn
        : lanes.stream().filter(Lane::isUnfinished).findFirst().orElse(null);
  }

  @Test
  void eachLaneGetsItsOwnInOrder() throws Exception {
    int lanes = 8;
    List<Lane> all = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      all.add(new Lane(i, lanes));
    }
    CountDownLatch done = new CountDownLatch(3);
    List<Throwable> failures = new ArrayList<>();
    try (TestDevice device = new TestDevice(file, shape, store, 3, tag -> (tag >> 8) % 97 == 5)) {
      for (int p = 0; p < 3; p++) {
        SplittableRandom random = new SplittableRandom(p);
        new Thread(
                () -> {
                  try {
                    Draft draft = new Draft(ring, LARGEST);
                    for (Lane lane; (lane = unfinished(all, random)) != null; ) {
                      if (lane.send(draft, 1 + random.nextInt(20)) == 0) {
                        Thread.yield();
                      }
                    }
                  } catch (Throwable e) {
                    failures.add(e);
                  } finally {
                    done.countDown();
                  }
                })
            .start();
      }
      done.await();
      for (Lane lane : all) {
        while (lane.completed < lane.next && lane.failure == null) {
          ring.advance();
          Thread.onSpinWait();
        }
      }
    }
    assertEquals(List.of(), failures);
    for (Lane lane : all) {
      assertNull(lane.failure);
      assertTrue(lane.failed > 0);
      assertTrue(lane.window > 0);
      assertTrue(lane.next >= MESSAGES);
    }
  }
}
