package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Retention;
import io.gpumq.api.Track;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/**
 * A queue of a program on a short store, of a kind that is drawn. Each payload follows from its
 * queue, its number and its length, so that a byte of another shows. A queue that is <i>exact</i>
 * is never closed, deleted from, trimmed, nor its groups moved: what becomes of its messages is
 * counted.
 */
final class ShortStoreQueue {
  static final String MAIN = "main";
  static final String EXTRA = "extra";

  /** The handler fails on numbers that are a multiple. */
  private static final int FAILS_EVERY = 5;

  private static final int LEAST_BYTES = 16;
  private static final int[] MOST_BYTES = {64, 2_048, 60_000, 300_000, 1 << 20};
  private static final String[] HANDLERS = {"crc32c", "fail:every=5", "echo", "fail:every=5"};
  private static final long STEP = 0x9e37_79b9_7f4a_7c15L;
  private static final long IS_KEYED = 1L << 62;

  /** One opening of it. */
  static final class Opening {
    final MessageQueue queue;

    /** Which message lies at a sequence: whoever sees it first says so. */
    final Map<Long, Long> numbers = new ConcurrentHashMap<>();

    volatile boolean isClosing;

    /** Grows before its second group is removed, and behind that: it is odd meanwhile. */
    private final AtomicInteger removals = new AtomicInteger();

    private Opening(MessageQueue queue) {
      this.queue = queue;
    }

    synchronized void removeExtra() {
      removals.incrementAndGet();
      try {
        queue.removeGroup(EXTRA);
      } finally {
        removals.incrementAndGet();
      }
    }

    int removals() {
      return removals.get();
    }

    /** Whether the second group may have been removed that was there at so many removals. */
    boolean mayHaveRemoved(int before) {
      return before % 2 == 1 || removals.get() != before;
    }
  }

  final int index;
  final QueueConfig config;
  final boolean isExact;

  /** It is closed now and then, and opened again. */
  final boolean isCut;

  final ReentrantLock change = new ReentrantLock();
  final Set<Long> sent = ConcurrentHashMap.newKeySet();
  final Set<Long> settled = ConcurrentHashMap.newKeySet();
  final Set<Long> letters = ConcurrentHashMap.newKeySet();
  private final Track track;
  private final AtomicInteger next = new AtomicInteger();
  volatile Opening opening;

  ShortStoreQueue(Track track, int index, Random random) {
    this.track = track;
    this.index = index;
    isExact = random.nextInt(3) == 0;
    isCut = !isExact && random.nextBoolean();
    int size = index % MOST_BYTES.length;
    String handler = HANDLERS[index % HANDLERS.length];
    int lanes = 1 << random.nextInt(size < 3 ? 3 : 2);
    boolean isLeaseShort = random.nextInt(3) == 0;
    config =
        QueueConfig.named("q" + index)
            .maxPayloadBytes(MOST_BYTES[size])
            .handler(handler)
            .handlerAttempts(1)
            .lanes(lanes)
            .maxBytes(random.nextInt(3) == 0 ? (long) lanes * (5 << 19) : QueueConfig.NO_LIMIT)
            .maxMessages(random.nextInt(4) == 0 ? 64L : QueueConfig.NO_LIMIT)
            .minBytes(random.nextInt(8) == 0 ? 100_000 : 0)
            .lease(Duration.ofMillis(isLeaseShort ? 5 + random.nextInt(100) : 60_000))
            .maxDeliveries(random.nextBoolean() ? 1 + random.nextInt(3) : 1_000)
            .maxDeadLetters(random.nextInt(3) == 0 ? 20 : 10_000)
            .strictOrder(random.nextInt(6) == 0)
            .retention(retention(random))
            .build();
    open();
  }

  private static Retention retention(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> Retention.untilNeeded();
      case 2 -> Retention.untilTrimmed().messages(40);
      case 3 -> Retention.untilTrimmed().bytes(400_000).age(Duration.ofMillis(700));
      default -> Retention.whenSettled();
    };
  }

  void open() {
    MessageQueue queue = track.open(config);
    queue.createGroup(MAIN);
    opening = new Opening(queue);
  }

  /** Its name, as errors say it. */
  String quoted() {
    return "'" + config.name() + "'";
  }

  private boolean fails() {
    return config.handler().startsWith("fail");
  }

  long nextNumber() {
    long number = (long) index << 32 | next.getAndIncrement();
    boolean fails = fails() && mix(number) % 16 == 0;
    return number * FAILS_EVERY + (fails ? 0 : 1 + Math.floorMod(mix(number), FAILS_EVERY - 1));
  }

  private static long mix(long number) {
    return number * STEP >>> 17;
  }

  int length(Random random) {
    int most = config.maxPayloadBytes();
    int bound = random.nextInt(3) > 0 ? most : Math.min(most, 64 << random.nextInt(11));
    return LEAST_BYTES + random.nextInt(bound - LEAST_BYTES + 1);
  }

  static long key(long number) {
    return number * 31;
  }

  /** Writes the payload of a number: itself, its length, then what follows from both. */
  static void write(long number, int length, boolean isKeyed, ByteBuffer to) {
    to.order(ByteOrder.LITTLE_ENDIAN);
    int from = to.position();
    long about = length | (isKeyed ? IS_KEYED : 0);
    to.putLong(number).putLong(about);
    long word = number ^ about;
    for (int i = 2; i < length / Long.BYTES; i++) {
      to.putLong(word + i * STEP);
    }
    while (to.position() - from < length) {
      to.put((byte) (word + to.position() - from));
    }
  }

  static ByteBuffer payload(long number, int length, boolean isKeyed) {
    ByteBuffer payload = ByteBuffer.allocate(length);
    write(number, length, isKeyed, payload);
    return payload.flip();
  }

  /** Who sends or reads a message knows where it lies: all of them agree. */
  void requireNumber(Opening at, long sequence, long number) {
    Long known = at.numbers.putIfAbsent(sequence, number);
    if (known != null && known != number) {
      throw new AssertionError(
          config.name() + " " + sequence + ": message " + number + " where " + known + " was");
    }
  }

  /** Checks every byte of an entry; returns its number. */
  long check(Opening at, Entry entry) {
    long number = checkBytes(entry);
    checkResult(entry);
    requireNumber(at, entry.sequence(), number);
    return number;
  }

  /** Checks every byte of an entry, of this queue or a letter of it. */
  long checkBytes(Entry entry) {
    ByteBuffer payload = entry.payload().order(ByteOrder.LITTLE_ENDIAN);
    int from = payload.position();
    int length = payload.remaining();
    require(length >= LEAST_BYTES, entry, "length", length, LEAST_BYTES);
    long number = payload.getLong(from);
    long about = payload.getLong(from + Long.BYTES);
    require(number / FAILS_EVERY >> 32 == index, entry, "queue", number / FAILS_EVERY >> 32, index);
    require((int) about == length, entry, "length", length, (int) about);
    long word = number ^ about;
    int words = length / Long.BYTES;
    for (int i = 2; i < words; i++) {
      long found = payload.getLong(from + i * Long.BYTES);
      if (found != word + i * STEP) {
        require(false, entry, "word " + i + " of " + words, found, word + i * STEP);
      }
    }
    for (int i = words * Long.BYTES; i < length; i++) {
      byte found = payload.get(from + i);
      require(found == (byte) (word + i), entry, "byte " + i, found, (byte) (word + i));
    }
    boolean isKeyed = (about & IS_KEYED) != 0;
    require(entry.hasKey() == isKeyed, entry, "hasKey", entry.hasKey() ? 1 : 0, isKeyed ? 1 : 0);
    require(!isKeyed || entry.key() == key(number), entry, "key", entry.key(), key(number));
    return number;
  }

  /** Checks what the handler made of an entry of this queue. */
  private void checkResult(Entry entry) {
    if (config.handler().equals("crc32c")) {
      CRC32C crc = new CRC32C();
      crc.update(entry.payload());
      int found = entry.result().order(ByteOrder.LITTLE_ENDIAN).getInt();
      require(found == (int) crc.getValue(), entry, "result", found, (int) crc.getValue());
    }
  }

  private void require(boolean holds, Entry entry, String what, long found, long expected) {
    if (!holds) {
      throw new AssertionError(
          "%s, %s: entry %d of %d bytes, delivery %d: %s is %x, not %x"
              .formatted(
                  config.name(),
                  entry.letter(),
                  entry.sequence(),
                  entry.payload().remaining(),
                  entry.deliveries(),
                  what,
                  found,
                  expected));
    }
  }

  /** Each message of an exact queue was acknowledged once, or was a letter. */
  void assertSettled() {
    if (isExact) {
      sent.removeAll(settled);
      sent.removeAll(letters);
      assertEquals(Set.of(), sent, () -> config.name() + ": neither settled nor a letter");
    }
  }
}
