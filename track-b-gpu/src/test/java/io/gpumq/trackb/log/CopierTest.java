package io.gpumq.trackb.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.LinkLayout;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of all lengths go to the store and come back, through pieces that threads share. */
class CopierTest {
  private static final int THREADS = 12;
  private static final int MOST = 3 << 20;

  private final Vram vram = new HostBackend().allocate((long) THREADS * (4 << 20), false);
  private final Copier copier = Copier.open(vram);

  @AfterEach
  void close() {
    vram.close();
  }

  private void thereAndBack(long place, int bytes, long seed) {
    byte[] sent = new byte[bytes];
    new Random(seed).nextBytes(sent);
    copier.write(ByteBuffer.wrap(sent), 0, bytes, place);
    ByteBuffer got = ByteBuffer.allocateDirect(bytes);
    copier.read(place, bytes, got, 0);
    byte[] came = new byte[bytes];
    got.get(came);
    assertArrayEquals(sent, came);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 65_537, (512 << 10) - 1, 512 << 10, (512 << 10) + 1, MOST})
  void aRunIsWhatWasSent(int bytes) {
    thereAndBack(64, bytes, bytes);
    copier.close();
  }

  /** It is written to the end of its last unit, with zeros, and no further. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, (256 << 10) - 17, (256 << 10) - 1, (256 << 10) + 1})
  void whatLiesBesideStays(int bytes) {
    int before = 4096;
    int end = before + (bytes + 15) / 16 * 16;
    byte[] poison = new byte[end + 4096];
    Arrays.fill(poison, (byte) 0x5a);
    copier.write(ByteBuffer.wrap(poison), 0, poison.length, 64);
    byte[] sent = new byte[bytes + 5];
    new Random(bytes).nextBytes(sent);
    copier.write(ByteBuffer.allocateDirect(sent.length).put(sent), 5, bytes, 64 + before / 16);
    ByteBuffer got = ByteBuffer.allocateDirect(poison.length);
    copier.read(64, poison.length, got, 0);
    for (int i = 0; i < poison.length; i++) {
      boolean isSent = i >= before && i < before + bytes;
      boolean isBeside = i < before || i >= end;
      int expected = isSent ? sent[5 + i - before] : isBeside ? 0x5a : 0;
      assertEquals(expected, got.get(i), "byte " + i);
    }
    copier.close();
  }

  @Test
  void moreThreadsThanPiecesCopyAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<Void>> all = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      long place = (long) thread * (4 << 20) / LinkLayout.UNIT;
      Random random = new Random(thread);
      Callable<Void> work =
          () -> {
            for (int i = 0; i < 8; i++) {
              thereAndBack(place, random.nextInt(MOST), i);
            }
            return null;
          };
      all.add(threads.submit(work));
    }
    for (Future<Void> one : all) {
      one.get();
    }
    threads.shutdown();
    copier.close();
  }

  @Test
  void behindTheCloseNothingIsCopied() {
    copier.close();
    ByteBuffer memory = ByteBuffer.allocateDirect(16);
    assertThrows(TrackFailedException.class, () -> copier.read(0, 16, memory, 0));
    assertThrows(TrackFailedException.class, () -> copier.write(memory, 0, 16, 0));
  }
}
