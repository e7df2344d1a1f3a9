package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.NotPendingException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class GroupTest {
  private static final long LEASE = 1_000;
  private static final int ANN = 1;
  private static final int BOB = 2;
  private static final long COMPLETED = 1_000_000;

  private final ManualClock clock = new ManualClock(5_000);
  private final List<String> given = new ArrayList<>();
  private final Delivery delivery = new Delivery();
  private boolean sinkHasRoom = true;
  private Group group = group(100, 3, sequence -> true);

  private Group group(long start, int maxDeliveries, Deliverable deliverable) {
    return new Group("audit", start, LEASE, maxDeliveries, false, deliverable, this::offer, clock);
  }

  private boolean offer(long sequence, DeadLetter.Cause cause, int count, String name) {
    if (sinkHasRoom) {
      given.add(sequence + " " + cause + " " + count + " " + name);
    }
    return sinkHasRoom;
  }

  private List<Long> take(int max) {
    return take(max, ANN, COMPLETED);
  }

  private List<Long> take(int max, int owner, long completed) {
    int size = group.take(delivery, max, owner, completed);
    return IntStream.range(0, size).mapToObj(delivery::sequence).toList();
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void newEntriesComeInOrderBelowCompleted() {
    assertEquals(range(100, 103), take(4, ANN, 106));
    assertFalse(delivery.isRedelivery());
    assertEquals(range(104, 105), take(4, BOB, 106));
    assertEquals(List.of(), take(4, BOB, 106));
    assertEquals(106, group.cursor());
    assertEquals(6, group.counts().pending());
    assertEquals(6, group.counts().delivered());
    assertEquals(100, group.acknowledgedTo());
  }

  @Test
  void aTakeReportsItsSizeAndFirstDeliveries() {
    assertEquals(300, group.take(delivery, 300, ANN, COMPLETED));
    assertEquals(300, delivery.size());
    assertEquals(100, delivery.first());
    assertEquals(399, delivery.last());
    assertTrue(IntStream.range(0, 300).allMatch(i -> delivery.deliveries(i) == 1));
  }

  @Test
  void completedBehindTheCursorGivesNothing() {
    take(10, ANN, 110);
    assertEquals(List.of(), take(10, ANN, 105));
    assertEquals(110, group.cursor());
  }

  @Test
  void acknowledgedToWaitsForTheOldestPending() {
    take(5);
    group.acknowledge(101);
    group.acknowledge(102);
    assertEquals(100, group.acknowledgedTo());
    group.acknowledge(100);
    assertEquals(103, group.acknowledgedTo());
    group.acknowledge(104);
    group.acknowledge(103);
    assertEquals(105, group.acknowledgedTo());
    assertEquals(5, group.counts().acknowledged());
    assertEquals(0, group.counts().pending());
  }

  @Test
  void aBatchAcknowledgesWhatIsStillPending() {
    take(10);
    group.acknowledge(103);
    assertEquals(9, group.acknowledge(delivery));
    assertEquals(0, group.acknowledge(delivery));
    assertEquals(110, group.acknowledgedTo());
    assertEquals(10, group.counts().acknowledged());
  }

  @Test
  void aBatchLongSettledLeavesLaterEntriesAlone() {
    take(1_500);
    LongStream.range(100, 1_600).forEach(group::acknowledge);
    Delivery later = new Delivery();
    for (int taken = 0; taken < 100_000; taken += 1_000) {
      group.take(later, 1_000, BOB, COMPLETED);
      if (taken < 80_000) {
        group.acknowledge(later);
      }
    }
    assertEquals(0, group.acknowledge(delivery));
    assertEquals(20_000, group.counts().pending());
    assertEquals(81_600, group.acknowledgedTo());
  }

  @Test
  void aBatchLeavesWhatItsConsumerRefused() {
    take(3);
    group.refuse(101, 0);
    Delivery again = new Delivery();
    assertEquals(1, group.take(again, 10, BOB, COMPLETED));
    assertEquals(2, group.acknowledge(delivery));
    assertEquals(101, group.acknowledgedTo());
    assertEquals(1, group.acknowledge(again));
    assertEquals(103, group.acknowledgedTo());
  }

  @Test
  void anEmptyDeliveryAcknowledgesNothing() {
    assertEquals(0, group.acknowledge(new Delivery()));
  }

  @Test
  void acknowledgingWhatIsNotPendingIsAnError() {
    take(2);
    group.acknowledge(101);
    assertNotPending(101, "settled before");
    assertNotPending(102, "not delivered yet, the next is sequence 102");
    assertNotPending(99, "settled before");
    assertNotPending(-1, "settled before");
    assertNotPending(Long.MAX_VALUE, "not delivered yet");
    assertEquals(1, group.counts().acknowledged());
  }

  private void assertNotPending(long sequence, String why) {
    for (var error :
        List.of(
            assertThrows(NotPendingException.class, () -> group.acknowledge(sequence)),
            assertThrows(NotPendingException.class, () -> group.refuse(sequence, 0)))) {
      assertTrue(
          error
              .getMessage()
              .startsWith("sequence " + sequence + " is not pending in group audit: "),
          error.getMessage());
      assertTrue(error.getMessage().contains(why), error.getMessage());
    }
  }

  @Test
  void aLeaseThatEndsMakesItsEntriesDueForAnyTaker() {
    take(4);
    group.acknowledge(102);
    clock.advance(LEASE - 1);
    assertEquals(List.of(104L), take(1, BOB, COMPLETED));
    clock.advance(1);
    assertEquals(List.of(100L, 101L, 103L), take(10, BOB, COMPLETED));
    assertTrue(delivery.isRedelivery());
    assertEquals(2, delivery.deliveries(0));
    assertEquals(3, group.counts().redelivered());
    assertEquals(8, group.counts().delivered());
    assertEquals(4, group.counts().pending());
  }

  @Test
  void theFormerOwnerMayStillAcknowledge() {
    take(2);
    clock.advance(LEASE);
    group.acknowledge(100);
    assertEquals(List.of(101L), take(5, BOB, 102));
    group.acknowledge(101);
    assertEquals(102, group.acknowledgedTo());
    assertEquals(0, group.acknowledge(delivery));
  }

  @Test
  void redeliveriesComeBeforeNewEntriesAndNeverWithThem() {
    take(2);
    group.refuse(100, 0);
    assertEquals(List.of(100L), take(10));
    assertEquals(range(102, 111), take(10));
  }

  @Test
  void thoseDueLongestComeFirst() {
    take(6);
    group.refuse(104, 20);
    group.refuse(103, 10);
    group.refuse(100, 30);
    clock.advance(9);
    assertEquals(List.of(106L), take(1));
    clock.advance(21);
    assertEquals(List.of(103L, 104L), take(2));
    assertEquals(List.of(100L), take(2));
  }

  @Test
  void oneRunMayBeTakenInParts() {
    take(10);
    clock.advance(LEASE);
    assertEquals(range(100, 103), take(4));
    group.acknowledge(105);
    assertEquals(List.of(104L, 106L, 107L, 108L), take(4));
    assertEquals(List.of(109L), take(4));
    assertEquals(List.of(110L), take(1));
  }

  @Test
  void aRefusedEntryWaitsForItsDelayAndMayBeAcknowledgedMeanwhile() {
    take(2);
    group.refuse(100, 500);
    group.refuse(101, 500);
    clock.advance(499);
    assertEquals(List.of(), take(5, ANN, 102));
    group.acknowledge(101);
    clock.advance(1);
    assertEquals(List.of(100L), take(5, ANN, 102));
    assertEquals(2, delivery.deliveries(0));
  }

  @Test
  void theLastRefusalCounts() {
    take(1);
    group.refuse(100, 10);
    group.refuse(100, 900);
    clock.advance(10);
    assertEquals(List.of(), take(1, ANN, 101));
    group.refuse(100, 0);
    assertEquals(List.of(100L), take(1, ANN, 101));
    clock.advance(890);
    assertEquals(List.of(), take(1, ANN, 101));
  }

  @Test
  void whatAClosedConsumerHeldIsDueAtOnce() {
    take(3, ANN, COMPLETED);
    take(3, BOB, COMPLETED);
    take(3, ANN, COMPLETED);
    group.acknowledge(101);
    group.refuse(102, 700);
    group.abandon(ANN);
    assertEquals(List.of(100L, 106L, 107L, 108L), take(10, BOB, COMPLETED));
    group.abandon(ANN);
    clock.advance(699);
    assertEquals(List.of(), take(10, BOB, 109));
    clock.advance(1);
    assertEquals(List.of(102L), take(10, BOB, 109));
  }

  @Test
  void afterTheLastDeliveryAnEntryIsDeadLettered() {
    take(2);
    group.acknowledge(101);
    for (int deliveries = 2; deliveries <= 3; deliveries++) {
      clock.advance(LEASE);
      assertEquals(List.of(100L), take(5, ANN, 102));
      assertEquals(deliveries, delivery.deliveries(0));
    }
    clock.advance(LEASE - 1);
    take(5, ANN, 102);
    assertEquals(List.of(), given);
    clock.advance(1);
    assertEquals(List.of(), take(5, ANN, 102));
    assertEquals(List.of("100 DELIVERY_LIMIT 3 audit"), given);
    assertEquals(1, group.counts().deadLettered());
    assertEquals(0, group.counts().pending());
    assertEquals(102, group.acknowledgedTo());
    assertNotPending(100, "settled before");
  }

  @Test
  void theLastRefusalDeadLettersAtTheNextTakeWhateverItsDelay() {
    group = group(0, 1, sequence -> true);
    take(2);
    group.refuse(1, 900);
    assertEquals(List.of(), given);
    assertEquals(List.of(2L), take(1));
    assertEquals(List.of("1 DELIVERY_LIMIT 1 audit"), given);
  }

  @Test
  void abandonedAfterTheLastDeliveryIsDeadLettered() {
    group = group(0, 1, sequence -> true);
    take(2);
    group.abandon(ANN);
    assertEquals(List.of(), take(5, ANN, 2));
    assertEquals(2, given.size());
    assertEquals(2, group.acknowledgedTo());
  }

  @Test
  void aFullSinkLosesNothingAndHoldsNewEntriesBack() {
    group = group(0, 2, sequence -> true);
    take(3);
    clock.advance(LEASE);
    take(3);
    take(2); // 3 and 4, once
    group.acknowledge(1);
    sinkHasRoom = false;
    clock.advance(LEASE);
    assertEquals(List.of(3L, 4L), take(5, BOB, 5));
    group.acknowledge(delivery);
    assertEquals(List.of(), take(5, BOB, 6));
    assertEquals(0, group.acknowledgedTo());
    assertEquals(2, group.counts().pending());

    group.acknowledge(0); // waiting for room is still pending
    sinkHasRoom = true;
    assertEquals(List.of(5L), take(5, BOB, 6));
    assertEquals(List.of("2 DELIVERY_LIMIT 2 audit"), given);
    group.acknowledge(5);
    assertEquals(6, group.acknowledgedTo());
    take(1);
    group.refuse(6, 0);
    take(1);
    group.refuse(6, 500);
    assertEquals(List.of(), take(1, BOB, 7));
    assertEquals("6 DELIVERY_LIMIT 2 audit", given.get(1));
  }

  @Test
  void whatIsNoMessageIsPassedOver() {
    group = group(0, 3, sequence -> sequence % 3 != 0);
    assertEquals(List.of(1L, 2L, 4L, 5L), take(4, ANN, 7));
    assertEquals(6, group.cursor());
    assertEquals(1, group.acknowledgedTo());
    assertEquals(4, group.acknowledge(delivery));
    assertEquals(6, group.acknowledgedTo());
    assertEquals(List.of(), take(4, ANN, 7));
    assertEquals(7, group.acknowledgedTo());
    assertEquals(0, group.counts().pending());
  }

  @Test
  void whatIsNoMessageIsPassedOverWithoutATake() {
    group = group(0, 3, sequence -> sequence == 5 || sequence == 7);
    group.passOver(4);
    assertEquals(4, group.cursor());
    assertEquals(4, group.acknowledgedTo());
    group.passOver(100);
    assertEquals(5, group.acknowledgedTo());
    assertEquals(List.of(5L), take(1, ANN, 100));
    group.passOver(100);
    assertEquals(7, group.cursor());
    assertEquals(5, group.acknowledgedTo());
    group.acknowledge(5);
    assertEquals(7, group.acknowledgedTo());
    assertEquals(List.of(7L), take(9, ANN, 100));
    assertEquals(100, group.cursor());
  }

  @Test
  void aGroupMadeWrongSaysWhatIsAllowed() {
    assertIllegal("start -1: must be 0 or more", () -> group(-1, 3, sequence -> true));
    assertIllegal(
        "max-deliveries 0: must be between 1 and 1023", () -> group(0, 0, sequence -> true));
    assertIllegal(
        "max-deliveries 1024: must be between 1 and 1023", () -> group(0, 1024, sequence -> true));
    assertIllegal(
        "lease 0: must be 1 ns or more",
        () -> new Group("audit", 0, 0, 3, false, sequence -> true, this::offer, clock));
    assertIllegal("max 0: must be 1 or more", () -> take(0));
    take(1);
    assertIllegal("delay -1: must be 0 ns or more", () -> group.refuse(100, -1));
    assertEquals(
        "entry 1: the delivery has 1 entries, from 0",
        assertThrows(IndexOutOfBoundsException.class, () -> delivery.sequence(1)).getMessage());
  }

  private static void assertIllegal(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
