package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large messages where memory is short: of the store, and of what readers share. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class LargeMessages {
  private static final int MOST = QueueConfig.MAX_PAYLOAD_BYTES;
  private static final int LEAST = 65_537;

  /** What a ring's chunks may keep at most for what is written there. */
  private static final int REFUGE_MEGABYTES = 3;

  private final Random random = new Random(Long.getLong("gpumq.seed", 11));
  private final Workers workers = new Workers();

  /** {@code host} or {@code cuda}. */
  abstract String device();

  @AfterEach
  void endWorkers() {
    workers.close();
  }

  private Track open(String storeBytes) {
    return Tracks.open("b", new TrackOptions(device(), Map.of("store.bytes", storeBytes)));
  }

  private static MessageQueue open(Track track, String name) {
    return track.open(QueueConfig.named(name).maxPayloadBytes(MOST).build());
  }

  /** Other bytes for each number. */
  private static ByteBuffer payload(int number, int bytes) {
    byte[] content = new byte[bytes];
    new Random(number).nextBytes(content);
    return ByteBuffer.wrap(content);
  }

  /** All consumers together keep more than there is room for: the last have copies. */
  @Test
  void readersThatKeepTheirsHoldUpNoOther() throws Exception {
    int readers = 30;
    try (Track track = open("64M")) {
      MessageQueue queue = open(track, "kept");
      queue.createGroup("g");
      try (Producer producer = queue.producer()) {
        for (int i = 0; i < readers; i++) {
          producer.send(payload(i, (1 << 20) + i), Await.DEADLINE);
        }
      }
      List<Batch> kept = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        kept.add(queue.consumer("g", "c" + i).poll(1, Await.DEADLINE));
      }
      for (int i = 0; i < readers; i++) {
        assertEquals(payload(i, (1 << 20) + i), kept.get(i).get(0).payload());
      }
    }
  }

  /** What one poll hands out stays until the next, whatever is closed meanwhile. */
  @Test
  void aBatchStaysBeyondTheCloseOfItsTrack() throws Exception {
    Track track = open("64M");
    MessageQueue queue = open(track, "beyond");
    queue.createGroup("g");
    queue.producer().send(payload(1, MOST), Await.DEADLINE);
    Consumer consumer = queue.consumer("g", "c");
    Batch batch = consumer.poll(1, Await.DEADLINE);
    track.close();
    assertEquals(payload(1, MOST), batch.get(0).payload());
    assertThrows(QueueClosedException.class, () -> consumer.poll(1, Duration.ZERO));
  }

  /** Headers, segments and what no entry fits into are a tenth of the store at most. */
  @ParameterizedTest
  @ValueSource(ints = {LEAST + 1, 200_000, 1 << 20, MOST})
  void aMixOfSizesWastesATenthAtMost(int most) throws Exception {
    try (Track track = open("192M")) {
      MessageQueue queue = open(track, "mixed");
      queue.createGroup("g");
      ArrayDeque<Integer> kept = new ArrayDeque<>();
      try (Producer producer = queue.producer();
          Consumer consumer = queue.consumer("g", "c")) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(MOST);
        for (int round = 0; round < 4; round++) {
          fill(queue, producer, bytes, most, kept);
          fill(queue, producer, bytes, LEAST + 1, kept); // where the others did not fit any more
          long payload = kept.stream().mapToLong(size -> size).sum();
          assertTrue(payload >= 0.9 * track.storeBytes(), payload + " of " + track.storeBytes());
          for (int i = kept.size() / 2; i > 0; ) {
            Batch batch = consumer.poll(i, Await.DEADLINE);
            for (int at = 0; at < batch.size(); at++, i--) {
              assertEquals((int) kept.remove(), batch.get(at).payload().remaining());
            }
            consumer.acknowledge(batch);
          }
        }
      }
    }
  }

  /** What is full may be the ring alone: so each message is tried again behind all that went. */
  private void fill(
      MessageQueue queue, Producer producer, ByteBuffer bytes, int most, ArrayDeque<Integer> kept) {
    while (true) {
      int size = LEAST + random.nextInt(most - LEAST);
      if (producer.trySend(bytes.limit(size)) == Producer.FULL) {
        Await.until("all is handled", () -> queue.stats().handled() == queue.stats().sent());
        if (producer.trySend(bytes.limit(size)) == Producer.FULL) {
          return;
        }
      }
      kept.add(size);
    }
  }

  /** The segments between are given back, and those behind begin far from where the first end. */
  @Test
  void aPollLooksAtSizesBeyondWhatHasGone() throws Exception {
    int count = 20_000;
    try (Track track = open("64M")) {
      MessageQueue queue = open(track, "gap");
      queue.createGroup("g");
      long[] sequences = new long[count];
      try (Producer producer = queue.producer()) {
        for (int i = 0; i < count; i++) {
          sequences[i] = producer.send(payload(i, 1 + i % 500), Await.DEADLINE);
        }
      }
      long before = queue.stats().storeBytes();
      int last = count - 100;
      assertEquals(last - 1, queue.delete(Arrays.copyOfRange(sequences, 1, last)));
      Await.until("what has gone is free", () -> queue.stats().storeBytes() < before / 2);
      try (Consumer consumer = queue.consumer("g", "c")) {
        for (int next = 0; next < count; ) {
          Batch batch = consumer.poll(2 * count, Await.DEADLINE);
          assertTrue(next > 0 || batch.size() > 1, "what has gone is no part of a batch");
          for (int i = 0; i < batch.size(); i++) {
            assertEquals(payload(next, 1 + next % 500), batch.get(i).payload());
            next = next == 0 ? last : next + 1;
          }
          consumer.acknowledge(batch);
        }
      }
    }
  }

  /** A copy for which there is no room does not begin, and its sender goes on when there is. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoWaitsForTheStoreGoesOn(boolean isBatch) throws Exception {
    int messages = 12;
    try (Track track = open("64M")) {
      MessageQueue queue = open(track, "short");
      queue.createGroup("g");
      var sent = workers.start(() -> send(queue, messages, isBatch));
      Await.until("some have gone", () -> queue.stats().sent() >= 1);
      try (Consumer consumer = queue.consumer("g", "c")) {
        for (int next = 0; next < messages; ) {
          Batch batch = consumer.poll(4, Await.DEADLINE);
          for (int i = 0; i < batch.size(); i++) {
            assertEquals(payload(next++, MOST), batch.get(i).payload());
          }
          consumer.acknowledge(batch);
        }
      }
      sent.join();
      assertEquals(messages, queue.stats().sent());
    }
  }

  /** What a writer was promised in its lane's segment holds up no large message: not its own. */
  @Test
  void aWriterMaySendLargeOnesByAnother() throws Exception {
    int messages = 4;
    QueueConfig config =
        QueueConfig.named("nested").maxPayloadBytes(2 * LEAST).maxBytes(16 << 20).build();
    try (Track track = open("64M")) {
      MessageQueue queue = track.open(config);
      queue.createGroup("g");
      try (Producer outer = queue.producer();
          Producer inner = queue.producer();
          Consumer consumer = queue.consumer("g", "c")) {
        Producer.PayloadWriter large = (i, slot) -> slot.put(payload(messages + i, LEAST));
        outer.sendBatch(
            messages,
            (i, slot) -> {
              assertEquals(1, inner.trySendBatch(1, large));
              assertTrue(inner.trySend(payload(messages, LEAST)) >= 0);
              slot.put(payload(i, 100));
            },
            Await.DEADLINE);
        List<ByteBuffer> expected = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
          expected.add(payload(i, 100));
          expected.addAll(Collections.nCopies(2, payload(messages, LEAST)));
        }
        while (!expected.isEmpty()) {
          Batch batch = consumer.poll(messages, Await.DEADLINE);
          for (int i = 0; i < batch.size(); i++) {
            assertTrue(expected.remove(batch.get(i).payload()), "another message");
          }
          consumer.acknowledge(batch);
        }
        assertEquals(0, queue.stats().depth());
      }
    }
  }

  private static Void send(MessageQueue queue, int messages, boolean isBatch) throws Exception {
    try (Producer producer = queue.producer()) {
      if (isBatch) {
        producer.sendBatch(messages, (i, slot) -> slot.put(payload(i, MOST)), Await.DEADLINE);
      }
      for (int i = isBatch ? messages : 0; i < messages; i++) {
        producer.send(payload(i, MOST), Await.DEADLINE);
      }
    }
    return null;
  }

  /** Whatever the copy had come to, the store is whole again. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCloseBesideCopiesLeavesNothing(boolean isBatch) throws Exception {
    try (Track track = open("128M")) {
      open(track, "first").close(); // its ring stays
      long before = free(track);
      for (int round = 0; round < 10; round++) {
        MessageQueue queue = open(track, "closed");
        var senders = new ArrayList<Workers.Worker<Void>>();
        for (int i = 0; i < 2; i++) {
          senders.add(workers.start(() -> sendUntilClosed(queue, isBatch)));
        }
        Await.passed(Duration.ofNanos(random.nextInt(20_000_000)));
        queue.close();
        for (var sender : senders) {
          sender.join();
        }
        Await.until("all came back", () -> free(track) >= before - REFUGE_MEGABYTES);
      }
    }
  }

  private static Void sendUntilClosed(MessageQueue queue, boolean isBatch) {
    assertThrows(
        QueueClosedException.class,
        () -> {
          while (true) {
            send(queue, 20, isBatch);
          }
        });
    return null;
  }

  /** How many megabytes of the store one more queue could have. */
  private static long free(Track track) {
    String refused =
        assertThrows(
                ConfigException.class,
                () -> track.open(QueueConfig.named("probe").minBytes(Long.MAX_VALUE - 1).build()))
            .getMessage();
    return Long.parseLong(refused.replaceAll(".*at most (\\d+),.*", "$1")) >> 20;
  }

  @Test
  void aTrackThatClosesBesideCopiesEndsThem() throws Exception {
    for (int round = 0; round < 3; round++) {
      Track track = open("128M");
      MessageQueue queue = open(track, "ends");
      var sender = workers.start(() -> sendUntilEnd(queue));
      Await.passed(Duration.ofNanos(random.nextInt(20_000_000)));
      track.close();
      sender.join();
    }
  }

  private static Void sendUntilEnd(MessageQueue queue) throws Exception {
    try {
      while (true) {
        send(queue, 1, false);
      }
    } catch (QueueClosedException | TrackFailedException e) {
      return null;
    }
  }

  @Test
  void aStoreThatCannotHoldTheLargestIsRefused() {
    try (Track track = open("16M")) {
      String why = assertThrows(ConfigException.class, () -> open(track, "too-large")).getMessage();
      assertTrue(why.startsWith("max-payload-bytes 16777216 of queue 'too-large': "), why);
      track.open(QueueConfig.named("less").maxPayloadBytes(8 << 20).build());
    }
  }
}
