package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.NotPendingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.constraints.IntRange;

/**
 * Random operations on a group, against a map from each pending sequence to what is known of it.
 */
class GroupModelTest {
  private static final long LEASE = 1_000;
  private static final int OWNERS = 4;

  /** Each number of the script seeds the choice of one operation and its operands. */
  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void agreesWithTheModel(
      @ForAll("starts") long start,
      @ForAll("clocks") long clock,
      @ForAll @IntRange(min = 1, max = 4) int maxDeliveries,
      @ForAll boolean strictOrder,
      @ForAll("scripts") int[] script) {
    Trial trial = new Trial(start, clock, maxDeliveries, strictOrder);
    for (int seed : script) {
      trial.step(new SplittableRandom(seed));
      trial.check();
    }
  }

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.of(0L, 1L, 1023L, (1L << 31) - 700, (1L << 32) - 700, (1L << 40) + 5);
  }

  @Provide
  Arbitrary<Long> clocks() {
    return Arbitraries.of(0L, -2_000L, Long.MAX_VALUE - 5_001);
  }

  @Provide
  Arbitrary<int[]> scripts() {
    return Arbitraries.integers()
        .withDistribution(RandomDistribution.uniform())
        .array(int[].class)
        .ofMaxSize(4_000)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  private static final class Pending {
    int lease;
    int deliveries = 1;
    long due;
    int owner;
    boolean exhausted;

    /** Whether a take may have found it at its limit while letters were full, in strict order. */
    boolean mayBeExhausted;
  }

  private static final class Trial {
    final ManualClock clock;
    final int maxDeliveries;
    final boolean strictOrder;
    final Group group;
    final Delivery[] held = new Delivery[OWNERS];

    /** By taker: which lease of each entry its last take was. */
    final List<Map<Long, Integer>> leases = new ArrayList<>();

    int lastLease;

    final TreeMap<Long, Pending> pending = new TreeMap<>();
    long cursor;
    long completed;
    long delivered;
    long acknowledged;
    long redelivered;
    long deadLettered;

    int sinkRoom = 10;
    final List<Long> accepted = new ArrayList<>();
    int refusals;

    Trial(long start, long now, int maxDeliveries, boolean strictOrder) {
      clock = new ManualClock(now);
      this.maxDeliveries = maxDeliveries;
      this.strictOrder = strictOrder;
      cursor = start;
      completed = start;
      group =
          new Group(
              "g",
              start,
              LEASE,
              maxDeliveries,
              strictOrder,
              Trial::deliverable,
              this::offer,
              clock);
      for (int owner = 0; owner < OWNERS; owner++) {
        held[owner] = new Delivery();
        leases.add(new HashMap<>());
      }
    }

    /** One in eight is not, and now and then 200 in a row. */
    static boolean deliverable(long sequence) {
      long hash = sequence * 0x9E3779B97F4A7C15L;
      return hash >>> 61 != 0 && sequence / 200 % 7 != 3;
    }

    boolean offer(long sequence, DeadLetter.Cause cause, int count, String name) {
      Pending entry = pending.get(sequence);
      assertTrue(isDue(entry), "given up before it was due");
      assertEquals(maxDeliveries, entry.deliveries);
      assertEquals(maxDeliveries, count);
      assertEquals(DeadLetter.Cause.DELIVERY_LIMIT, cause);
      assertEquals("g", name);
      if (sinkRoom == 0) {
        refusals++;
        return false;
      }
      sinkRoom--;
      accepted.add(sequence);
      return true;
    }

    boolean isDue(Pending entry) {
      return entry.due - clock.getAsLong() <= 0;
    }

    void step(SplittableRandom random) {
      int owner = random.nextInt(OWNERS);
      switch (random.nextInt(16)) {
        case 0, 1 -> completed += random.nextInt(random.nextInt(40) == 0 ? 3_000 : 60);
        case 2, 3, 4, 5 -> take(owner, 1 + random.nextInt(random.nextInt(16) == 0 ? 700 : 40));
        case 6, 7 -> acknowledgeDelivery(owner);
        case 8, 9, 10 -> acknowledge(anySequence(random));
        case 11, 12 ->
            refuse(anySequence(random), owner, random.nextInt(2) * random.nextInt(1_001));
        case 13 -> clock.advance(random.nextInt(700));
        case 14 -> sinkRoom = random.nextInt(10);
        default -> {
          if (random.nextInt(4) == 0) {
            abandon(owner);
          } else {
            passOver();
          }
        }
      }
    }

    /** Mostly a pending one. */
    long anySequence(SplittableRandom random) {
      long low = pending.isEmpty() ? cursor : pending.firstKey();
      long guess = low - 3 + random.nextLong(cursor - low + 6);
      Long near = random.nextInt(8) == 0 ? null : pending.ceilingKey(guess);
      return near == null ? guess : near;
    }

    void take(int owner, int max) {
      List<Long> due = new ArrayList<>();
      int toGiveUp = 0;
      int perhaps = 0;
      boolean isHeldBack = strictOrder && !pending.values().stream().allMatch(this::isDue);
      for (var entry : pending.entrySet()) {
        Pending at = entry.getValue();
        if (isHeldBack && !at.exhausted) {
          perhaps += at.mayBeExhausted ? 1 : 0;
        } else if (isHeldBack || isDue(at)) {
          if (at.deliveries < maxDeliveries) {
            due.add(entry.getKey());
          } else {
            toGiveUp++;
          }
        }
      }
      accepted.clear();
      refusals = 0;
      int room = sinkRoom;
      Delivery delivery = held[owner];
      leases.get(owner).clear();
      assertEquals(group.take(delivery, max, owner, completed), delivery.size());

      boolean seen = strictOrder || due.size() < max; // the take came to all that is to be given up
      int given = accepted.size();
      if (seen) {
        assertTrue(given >= Math.min(room, toGiveUp), () -> given + " given up");
        assertTrue(given <= Math.min(room, toGiveUp + perhaps), () -> given + " given up");
      }
      assertEquals(toGiveUp > room && seen ? 1 : refusals, refusals);
      for (long sequence : accepted) {
        pending.remove(sequence);
      }
      deadLettered += accepted.size();
      if (strictOrder && !isHeldBack && refusals > 0) {
        for (Pending entry : pending.values()) {
          entry.mayBeExhausted |= entry.deliveries == maxDeliveries; // next when there is room
        }
      }
      if (isHeldBack) {
        assertTrue(delivery.isEmpty(), "handed out beside what is not due");
      } else if (refusals > 0 && (strictOrder || due.isEmpty())) {
        assertTrue(delivery.isEmpty(), "passed one that waits for a dead letter's room");
      } else if (due.isEmpty()) {
        takeNew(delivery, max, owner);
      } else {
        takeDue(delivery, max, owner, due);
      }
      delivered += delivery.size();
      for (int i = 0; i < delivery.size(); i++) {
        long sequence = delivery.sequence(i);
        leases.get(owner).put(sequence, pending.get(sequence).lease);
      }
    }

    void takeNew(Delivery delivery, int max, int owner) {
      int size = 0;
      while (cursor < completed && size < max) {
        if (deliverable(cursor)) {
          assertEquals(cursor, delivery.sequence(size));
          assertEquals(1, delivery.deliveries(size));
          lease(pending.computeIfAbsent(cursor, s -> new Pending()), owner);
          size++;
        }
        cursor++;
      }
      assertEquals(size, delivery.size());
    }

    void passOver() {
      group.passOver(completed);
      while (cursor < completed && !deliverable(cursor)) {
        cursor++;
      }
    }

    void takeDue(Delivery delivery, int max, int owner, List<Long> due) {
      assertTrue(delivery.isRedelivery());
      assertEquals(Math.min(max, due.size()), delivery.size());
      long latestTaken = Long.MIN_VALUE;
      for (int i = 0; i < delivery.size(); i++) {
        long sequence = delivery.sequence(i);
        assertTrue(i == 0 || sequence > delivery.sequence(i - 1), "not in sequence order");
        assertTrue(due.remove(sequence), "not due");
        Pending entry = pending.get(sequence);
        latestTaken = Math.max(latestTaken, entry.due - clock.getAsLong());
        assertEquals(++entry.deliveries, delivery.deliveries(i));
        lease(entry, owner);
      }
      for (long sequence : due) {
        assertTrue(
            strictOrder
                ? sequence > delivery.last()
                : pending.get(sequence).due - clock.getAsLong() >= latestTaken,
            "overtaken");
      }
      redelivered += delivery.size();
    }

    void lease(Pending entry, int owner) {
      entry.owner = owner;
      entry.lease = ++lastLease;
      entry.due = clock.getAsLong() + LEASE;
    }

    void acknowledge(long sequence) {
      if (pending.remove(sequence) == null) {
        assertThrows(NotPendingException.class, () -> group.acknowledge(sequence));
      } else {
        group.acknowledge(sequence);
        acknowledged++;
      }
    }

    void acknowledgeDelivery(int owner) {
      Delivery delivery = held[owner];
      int settled = 0;
      for (int i = 0; i < delivery.size(); i++) {
        long sequence = delivery.sequence(i);
        Pending entry = pending.get(sequence);
        if (entry == null || entry.lease != leases.get(owner).get(sequence)) {
          continue;
        }
        if (entry.deliveries == maxDeliveries && isDue(entry)) {
          acknowledge(sequence); // a take may have seen it as exhausted: then it left the delivery
        } else {
          pending.remove(sequence);
          settled++;
        }
      }
      assertEquals(settled, group.acknowledge(delivery));
      acknowledged += settled;
    }

    void refuse(long sequence, int owner, long delay) {
      Pending entry = pending.get(sequence);
      if (entry == null) {
        assertThrows(NotPendingException.class, () -> group.refuse(sequence, delay));
        return;
      }
      group.refuse(sequence, delay);
      entry.owner = -1;
      entry.lease = ++lastLease;
      entry.exhausted = entry.deliveries == maxDeliveries;
      entry.due = clock.getAsLong() + (entry.exhausted ? 0 : delay);
    }

    void abandon(int owner) {
      group.abandon(owner);
      for (Pending entry : pending.values()) {
        if (entry.owner == owner && !isDue(entry)) {
          entry.due = clock.getAsLong();
        }
      }
    }

    void check() {
      assertEquals(pending.isEmpty() ? cursor : pending.firstKey(), group.acknowledgedTo());
      assertEquals(cursor, group.cursor());
      assertEquals(pending.size(), group.counts().pending());
      assertEquals(delivered, group.counts().delivered());
      assertEquals(acknowledged, group.counts().acknowledged());
      assertEquals(redelivered, group.counts().redelivered());
      assertEquals(deadLettered, group.counts().deadLettered());
    }
  }
}
