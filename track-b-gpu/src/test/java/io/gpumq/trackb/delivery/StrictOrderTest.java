package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a group in strict order hands out, and what it keeps of that. */
class StrictOrderTest {
  private static final long LEASE = 1_000;
  private static final int ANN = 1;
  private static final int BOB = 2;

  private final ManualClock clock = new ManualClock(5_000);
  private final List<Long> given = new ArrayList<>();
  private final Delivery delivery = new Delivery();
  private int sinkRoom = 100;
  private final Group group =
      new Group("audit", 0, LEASE, 2, true, sequence -> true, this::offer, clock);

  private boolean offer(long sequence, DeadLetter.Cause cause, int count, String name) {
    if (sinkRoom == 0) {
      return false;
    }
    sinkRoom--;
    given.add(sequence);
    return true;
  }

  private List<Long> take(int max, int owner) {
    int size = group.take(delivery, max, owner, 10);
    return IntStream.range(0, size).mapToObj(delivery::sequence).toList();
  }

  @Test
  void oneBatchIsOutUntilAllOfItIsSettled() {
    assertEquals(List.of(0L, 1L, 2L), take(3, ANN));
    assertEquals(List.of(), take(3, BOB));
    group.acknowledge(0);
    group.acknowledge(2);
    assertEquals(List.of(), take(3, ANN));
    group.acknowledge(1);
    assertEquals(List.of(3L, 4L), take(2, BOB));
  }

  @Test
  void theLowestComesFirstWhicheverIsDueLongest() {
    take(4, ANN);
    group.refuse(3, 0);
    group.refuse(2, 10);
    group.refuse(0, 30);
    group.acknowledge(1);
    clock.advance(29);
    assertEquals(List.of(), take(4, BOB));
    clock.advance(1);
    assertEquals(List.of(0L), take(1, BOB));
    assertEquals(List.of(), take(4, ANN), "due, but behind what is out");
    group.acknowledge(0);
    assertEquals(List.of(2L, 3L), take(4, ANN));
  }

  @Test
  void whatIsDueMayBeRefusedAnew() {
    take(3, ANN);
    clock.advance(LEASE);
    assertEquals(List.of(0L), take(1, BOB));
    group.refuse(2, 500); // its lease has ended, its consumer lives
    group.acknowledge(0);
    assertEquals(List.of(), take(4, ANN));
    clock.advance(500);
    assertEquals(List.of(1L, 2L), take(4, ANN));
  }

  @Test
  void theRestGoesOnWithoutDeadLettersButNotBeforeThereIsRoom() {
    sinkRoom = 1;
    take(4, ANN);
    group.refuse(3, 0);
    group.abandon(ANN);
    assertEquals(List.of(0L, 1L), take(2, ANN));
    group.abandon(ANN);
    assertEquals(List.of(), take(4, BOB), "the second letter finds no room");
    assertEquals(List.of(0L), given);
    sinkRoom = 1;
    assertEquals(List.of(2L, 3L), take(4, BOB));
    assertEquals(List.of(0L, 1L), given);
    assertEquals(2, group.acknowledge(delivery));
    assertEquals(List.of(4L), take(1, BOB));
  }

  @Test
  void aTakeLeavesNoRowsBehind() {
    for (int round = 0; round < 10_000; round++) {
      Delivery all = new Delivery();
      int size = group.take(all, 64, ANN, 64 * (round + 1L));
      assertEquals(64, size);
      group.refuse(all.last(), 0);
      group.acknowledge(all);
      assertEquals(1, group.take(all, 64, BOB, 64 * (round + 1L)));
      group.acknowledge(all);
    }
    assertEquals(0, group.counts().pending());
    long rows = group.ask(ledger -> ledger.table().pages().rows());
    assertEquals(0, rows);
  }
}
