package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group whose dead-letter queue is full, or fails. */
class GiveUpTest {
  private static final long LEASE = 1_000;
  private static final int ANN = 1;
  private static final int BOB = 2;
  private static final long COMPLETED = 10;

  /** A dead-letter queue of so much room; it may fail. */
  private static final class Sink implements DeadLetterSink {
    private final List<Long> given = new ArrayList<>();
    private int room;
    private RuntimeException failure;

    @Override
    public boolean offer(long sequence, DeadLetter.Cause cause, int count, String group) {
      if (failure != null) {
        throw failure;
      }
      if (isFull()) {
        return false;
      }
      room--;
      return given.add(sequence);
    }

    @Override
    public boolean isFull() {
      return room == 0;
    }
  }

  private final ManualClock clock = new ManualClock(5_000);
  private final Sink sink = new Sink();
  private final Delivery delivery = new Delivery();

  private Group group(int maxDeliveries, boolean strictOrder) {
    return new Group("audit", 0, LEASE, maxDeliveries, strictOrder, sequence -> true, sink, clock);
  }

  private List<Long> take(Group group, int max, int owner) {
    int size = group.take(delivery, max, owner, COMPLETED);
    return IntStream.range(0, size).mapToObj(delivery::sequence).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isNotReadyWhileOnlyALetterCouldBeMadeAndHasNoRoom(boolean strictOrder) {
    Group group = group(1, strictOrder);
    take(group, 1, ANN);
    group.refuse(0, 0);
    assertEquals(List.of(), take(group, 1, ANN), "the letter holds new entries back");
    assertEquals(0, group.ready(COMPLETED));
    sink.room = 1;
    assertTrue(group.ready(COMPLETED) > 0);
    assertEquals(List.of(1L), take(group, 1, ANN));
    assertEquals(List.of(0L), sink.given);
  }

  @Test
  void isReadyForARedeliveryWhileLettersHaveNoRoom() {
    Group group = group(2, false);
    take(group, 2, ANN);
    group.refuse(0, 0);
    take(group, 1, ANN);
    group.refuse(0, 0);
    assertEquals(0, group.ready(COMPLETED));
    group.refuse(1, 10);
    assertEquals(0, group.ready(COMPLETED));
    clock.advance(10);
    assertTrue(group.ready(COMPLETED) > 0);
    assertEquals(List.of(1L), take(group, 1, BOB));
  }

  @Test
  void whatATakeHadLeasedIsNobodysWhenTheSinkThrows() {
    Group group = group(2, false);
    sink.room = 1;
    sink.failure = new IllegalStateException("no memory for a letter");
    take(group, 2, ANN);
    group.refuse(0, 0);
    take(group, 1, ANN);
    group.refuse(0, 0); // for the dead-letter queue
    group.refuse(1, 0); // due
    long delivered = group.counts().delivered();
    for (int round = 0; round < 3; round++) {
      assertSame(
          sink.failure, assertThrows(IllegalStateException.class, () -> take(group, 1, ANN)));
      assertTrue(delivery.isEmpty());
    }
    assertEquals(delivered, group.counts().delivered());
    assertEquals(2, group.counts().pending());
    sink.failure = null;
    assertEquals(List.of(1L), take(group, 1, BOB), "due at once, not when a lease ends");
    assertEquals(2, delivery.deliveries(0), "takes that failed are no deliveries");
    assertEquals(List.of(0L), sink.given);
    assertEquals(1, group.acknowledge(delivery));
  }

  @Test
  void whatIsTakenBackComesToTheNextAtOnce() {
    Group group = group(3, false);
    take(group, 3, ANN);
    group.acknowledge(1);
    group.takeBack(delivery);
    assertTrue(delivery.isEmpty());
    assertEquals(List.of(0L, 2L), take(group, 3, BOB));
    assertEquals(1, delivery.deliveries(0));
  }

  @Test
  void nothingIsMovedOrRemovedWhileAnEntryIsGivenUp() {
    List<Boolean> done = new ArrayList<>();
    Group[] group = new Group[1];
    group[0] =
        new Group(
            "audit",
            0,
            LEASE,
            1,
            false,
            sequence -> true,
            (sequence, cause, count, name) -> {
              done.add(group[0].tryMoveTo(5));
              done.add(group[0].tryRemove());
              return true;
            },
            clock);
    take(group[0], 1, ANN);
    group[0].refuse(0, 0);
    assertEquals(List.of(1L), take(group[0], 1, ANN));
    assertEquals(List.of(false, false), done);
    assertTrue(group[0].tryMoveTo(5));
    assertEquals(0, group[0].acknowledge(delivery), "forgotten by the move");
    assertEquals(5, group[0].acknowledgedTo());
    assertEquals(List.of(5L), take(group[0], 1, ANN));
    assertTrue(group[0].tryRemove());
  }
}
