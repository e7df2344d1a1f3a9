package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.CloseReport;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.Producer.PayloadWriter;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Retention.Until;
import io.gpumq.conformance.GroupModel.Member;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;

/** Runs steps on a queue and on a plain model of it, and compares the two at each. */
final class ModelRun {
  private final MessageQueue queue;
  private final boolean roomAtOnce;
  private final Random random;
  private final int maxMessages;
  private final int maxDeliveries;
  private final int letterCapacity;
  private final MessageLog log;
  private final Producer producer;
  private final List<GroupModel> groups = new ArrayList<>();
  private final LetterModel letters;
  private final RemovalModel removals;
  private final ReadModel reads;
  private final RoomModel room;

  ModelRun(MessageQueue queue, int groupCount, int consumers, boolean roomAtOnce, long seed) {
    this.queue = queue;
    this.roomAtOnce = roomAtOnce;
    random = new Random(seed);
    maxMessages = (int) queue.config().maxMessages();
    maxDeliveries = queue.config().maxDeliveries();
    letterCapacity = queue.config().maxDeadLetters();
    log = new MessageLog(queue.config().handler(), queue.config().handlerAttempts());
    producer = queue.producer();
    for (int i = 0; i < groupCount; i++) {
      GroupModel group = new GroupModel("g" + i, consumers, log, queue.config());
      queue.createGroup(group.name);
      groups.add(group);
    }
    letters = new LetterModel(queue, log, groups);
    boolean keeps = queue.config().retention().until() != Until.SETTLED;
    removals = new RemovalModel(queue, log, groups, letters, keeps);
    reads = new ReadModel(queue, log, groups, letters, keeps);
    room = new RoomModel(log, groups, letters, keeps, roomAtOnce, maxMessages);
  }

  void run(Step step) throws InterruptedException {
    GroupModel group = groups.get(step.a() % groups.size());
    int member = step.b() % group.members.length;
    switch (step.act()) {
      case SEND -> send();
      case TRY_SEND -> trySend();
      case SEND_BATCH -> sendBatch(1 + step.c() % maxMessages);
      case TRY_SEND_BATCH -> trySendBatch(1 + step.c() % (2 * maxMessages));
      case POLL -> poll(group, member, 1 + step.c() % 10);
      case ACKNOWLEDGE -> acknowledge(group, member, step.c());
      case ACKNOWLEDGE_BATCH -> acknowledgeBatch(group, member);
      case ACKNOWLEDGE_WRONGLY -> acknowledgeWrongly(group, member, step.c());
      case REFUSE -> refuse(group, member, step.c());
      case DELETE -> removals.delete(step.c());
      case TRIM -> removals.trim(step.c());
      case READ -> reads.read(step.c(), step.a() % 2 == 0, 1 + step.b() % 20);
      case LEASE_END -> Await.passed(queue.config().lease());
      case CLOSE_CONSUMER -> closeConsumer(group, member);
      case TAKE_DEAD_LETTERS -> letters.take(1 + step.c() % 4);
      case CHECK_STATS -> checkStats();
    }
  }

  // ---- sending

  private byte[] nextPayload(int ahead) {
    return Numbered.payload(log.size() + ahead, random);
  }

  private void send() throws InterruptedException {
    byte[] payload = nextPayload(0);
    if (room.mayBeKept() < maxMessages) {
      log.add(payload, producer.send(payload, Await.DEADLINE));
      return;
    }
    try {
      log.add(payload, producer.send(payload, Duration.ZERO));
      room.check();
    } catch (QueueFullException full) {
      assertEquals(0, full.accepted());
    }
  }

  private void trySend() throws InterruptedException {
    byte[] payload = nextPayload(0);
    long sequence = producer.trySend(ByteBuffer.wrap(payload));
    if (sequence != Producer.FULL) {
      log.add(payload, sequence);
      room.check();
    } else if (room.mayBeKept() < maxMessages) {
      assertTrue(
          !roomAtOnce, () -> "full with " + room.mayBeKept() + " of " + maxMessages + " kept");
      log.add(payload, producer.send(payload, Await.DEADLINE)); // a moment later, there is
    }
  }

  private void sendBatch(int count) throws InterruptedException {
    List<byte[]> batch = batch(count);
    PayloadWriter writer = (index, slot) -> slot.put(batch.get(index));
    int accepted = count;
    if (room.mayBeKept() + count <= maxMessages) {
      producer.sendBatch(count, writer, Await.DEADLINE);
    } else {
      try {
        producer.sendBatch(count, writer, Duration.ZERO);
      } catch (QueueFullException full) {
        accepted = full.accepted();
        assertTrue(accepted < count, "full, with all accepted");
      }
    }
    batch.subList(0, accepted).forEach(log::add);
    room.check();
  }

  private void trySendBatch(int count) {
    List<byte[]> batch = batch(count);
    int fitting = Math.min(count, maxMessages - room.mayBeKept());
    int sent = producer.trySendBatch(count, (index, slot) -> slot.put(batch.get(index)));
    assertTrue(sent >= 0 && sent <= count, () -> sent + " sent of " + count);
    assertTrue(!roomAtOnce || sent >= fitting, () -> sent + " sent with room for " + fitting);
    batch.subList(0, sent).forEach(log::add);
    room.check();
  }

  private List<byte[]> batch(int count) {
    List<byte[]> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(nextPayload(i));
    }
    return batch;
  }

  // ---- consuming

  private Member open(GroupModel group, int member) {
    Member open = group.members[member];
    if (open.consumer == null) {
      open.consumer = queue.consumer(group.name, "c" + member);
    }
    return open;
  }

  /** Whether more dead letters may have come to be, and were not taken, than there is room for. */
  private boolean lettersMayWait(long now) {
    int givenUp = groups.stream().mapToInt(group -> group.mostGivenUp(now)).sum();
    return log.failing() + givenUp - letters.taken() > letterCapacity;
  }

  private void poll(GroupModel group, int member, int max) throws InterruptedException {
    Member by = open(group, member);
    long start = System.nanoTime();
    // A lease may end while the poll is on its way, and its entry wait for a dead letter's room
    // from
    // then on: what the letters may hold back is judged by the end of the wait, not its start.
    long latest = start + Await.DEADLINE.toNanos();
    boolean some = group.surelyHasSome(start) && !lettersMayWait(latest);
    by.batch = by.consumer.poll(max, some ? Await.DEADLINE : Duration.ZERO);
    long end = System.nanoTime();
    List<Received> entries = QueueTest.copy(by.batch);
    assertTrue(entries.size() <= max, () -> entries.size() + " entries, asked for " + max);
    assertTrue(!some || !entries.isEmpty(), () -> "lost: nothing comes to group " + group.name);
    group.polled(member, entries, start, end);
  }

  /** A pending entry whose sequence is known, or -1. */
  private static int choose(GroupModel group, int choice) {
    List<Integer> pending = List.copyOf(group.pending.keySet());
    return pending.isEmpty() ? -1 : pending.get(choice % pending.size());
  }

  private void acknowledge(GroupModel group, int member, int choice) {
    int index = choose(group, choice);
    if (index >= 0) {
      acknowledgeOne(group, open(group, member), index);
    }
  }

  private void acknowledgeOne(GroupModel group, Member by, int index) {
    try {
      by.consumer.acknowledge(log.sequence(index));
      group.acknowledged(index);
    } catch (NotPendingException e) {
      assertGivenUp(group, index, e);
    }
  }

  private void assertGivenUp(GroupModel group, int index, NotPendingException refusal) {
    if (!group.mayBeGivenUp(index, System.nanoTime())) {
      throw new AssertionError(group.what(index) + " is pending", refusal);
    }
    group.pending.remove(index); // its dead letter is counted when it is taken
  }

  private void acknowledgeBatch(GroupModel group, int member) {
    Member by = group.members[member];
    if (by.batch == null) {
      return;
    }
    // Where a lease is over, an entry at its limit may have left the batch to become a letter.
    long before = System.nanoTime();
    group.stillWith(member).stream()
        .filter(index -> group.mayBeGivenUp(index, before))
        .forEach(index -> acknowledgeOne(group, by, index));
    List<Integer> expected = group.stillWith(member);
    int acknowledged = by.consumer.acknowledge(by.batch);
    long now = System.nanoTime();
    long unsure = expected.stream().filter(index -> group.mayBeGivenUp(index, now)).count();
    assertTrue(
        acknowledged <= expected.size() && acknowledged >= expected.size() - unsure,
        () -> acknowledged + " acknowledged of " + expected + ", " + unsure + " at their limit");
    expected.forEach(group.pending::remove);
    group.acknowledged += acknowledged;
  }

  private void acknowledgeWrongly(GroupModel group, int member, int choice) {
    Member by = open(group, member);
    long sequence = Long.MAX_VALUE - choice;
    if (log.size() > 0) {
      int index = choice % log.size();
      if (!group.pending.containsKey(index) && log.sequence(index) != null) {
        sequence = log.sequence(index);
      }
    }
    long wrong = sequence;
    assertThrows(NotPendingException.class, () -> by.consumer.acknowledge(wrong));
    assertThrows(NotPendingException.class, () -> by.consumer.refuse(wrong, Duration.ZERO));
  }

  private void refuse(GroupModel group, int member, int choice) {
    int index = choose(group, choice);
    if (index < 0) {
      return;
    }
    Member by = open(group, member);
    Duration delay = choice % 3 == 0 ? queue.config().lease().dividedBy(2) : Duration.ZERO;
    long start = System.nanoTime();
    try {
      by.consumer.refuse(log.sequence(index), delay);
      group.refused(index, delay.toNanos(), start, System.nanoTime());
    } catch (NotPendingException e) {
      assertGivenUp(group, index, e);
    }
  }

  private void closeConsumer(GroupModel group, int member) {
    if (group.members[member].consumer != null) {
      long start = System.nanoTime();
      group.members[member].consumer.close();
      group.closed(member, start, System.nanoTime());
    }
  }

  // ---- counters

  private void checkStats() {
    long kept = room.surelyOwed(System.nanoTime());
    QueueStats stats = queue.stats();
    assertCounted(stats);
    assertTrue(stats.deadLettered() >= letters.taken(), stats::toString);
    assertTrue(stats.failed() <= log.failing(), stats::toString);
    assertTrue(stats.handled() <= log.size(), stats::toString);
    assertTrue(stats.depth() <= room.mostOwed(), () -> stats + ", at most " + room.mostOwed());
    assertTrue(
        stats.depth() >= Math.min(kept, room.surelyOwed(System.nanoTime())), stats::toString);
  }

  private void assertCounted(QueueStats stats) {
    assertEquals(log.size(), stats.sent(), stats::toString);
    assertEquals(log.bytes(), stats.bytes(), stats::toString);
    assertEquals(sum(group -> group.delivered), stats.delivered(), stats::toString);
    assertEquals(sum(group -> group.redelivered), stats.redelivered(), stats::toString);
    assertEquals(sum(group -> group.acknowledged), stats.acknowledged(), stats::toString);
    assertEquals(log.deleted(), stats.deleted(), stats::toString);
  }

  private long sum(ToLongFunction<GroupModel> counter) {
    return groups.stream().mapToLong(counter).sum();
  }

  // ---- the end

  /** Consumes everything there is, then closes: nothing may be left. */
  void drainAndClose() throws InterruptedException {
    long deadline = System.nanoTime() + Await.DEADLINE.toNanos();
    while (!isDrained()) {
      assertTrue(System.nanoTime() < deadline, () -> "lost: " + queue.stats());
      for (GroupModel group : groups) {
        poll(group, 0, 64);
        acknowledgeBatch(group, 0);
      }
      letters.take(64);
    }
    QueueStats expected =
        new QueueStats(
            log.size(),
            log.size(),
            sum(group -> group.delivered),
            sum(group -> group.acknowledged),
            sum(group -> group.redelivered),
            log.failing(),
            letters.taken(),
            log.deleted(),
            0,
            log.bytes(),
            0);
    Await.until("counters agree: " + expected, () -> QueueTest.counters(queue), expected::equals);
    assertEquals(List.of(), ReadLetters.peek(queue, 1));
    CloseReport report = queue.close(Await.DEADLINE);
    assertTrue(report.drained(), report::toString);
    assertEquals(0, report.left());
    assertCounted(report.stats());
    assertClosed();
  }

  /** Whether each message was acknowledged or given up by each group, once. */
  private boolean isDrained() {
    int good = log.size() - log.failing();
    return letters.failed() == log.failing()
        && groups.stream().allMatch(g -> g.acknowledged + letters.givenUp(g) + g.gone() == good);
  }

  /** Closes as things are: what is left must be what the groups still owe. */
  void closeAbruptly() {
    CloseReport report = queue.close(Duration.ZERO);
    int least = room.surelyOwed(System.nanoTime());
    assertTrue(report.left() >= least, () -> report + ", at least " + least + " left");
    assertTrue(
        report.left() <= room.mostOwed(), () -> report + ", at most " + room.mostOwed() + " left");
    assertEquals(report.left() == 0, report.drained());
    assertCounted(report.stats());
    assertEquals(report, queue.close(Duration.ZERO));
    letters.take(Integer.MAX_VALUE);
    assertClosed();
  }

  private void assertClosed() {
    reads.assertClosed();
    assertThrows(
        QueueClosedException.class, () -> producer.trySend(ByteBuffer.wrap(nextPayload(0))));
    for (GroupModel group : groups) {
      for (Member member : group.members) {
        if (member.consumer != null) {
          assertThrows(QueueClosedException.class, () -> member.consumer.poll(1, Await.DEADLINE));
        }
      }
    }
  }
}
