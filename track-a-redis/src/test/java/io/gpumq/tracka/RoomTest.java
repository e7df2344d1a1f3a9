package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoomTest {
  @Test
  void grantsWhatThereIs() {
    Room room = new Room(8);
    assertEquals(5, room.reserve(5));
    assertEquals(3, room.reserve(5));
    assertEquals(0, room.reserve(1));
    room.giveBack(2);
    assertEquals(2, room.reserve(9));
    room.sent(8, 80);
    room.trimmed(4);
    assertEquals(4, room.reserve(9));
    assertEquals(4, room.underway());
  }

  @Test
  void countsLowWhileMessagesAreOnTheirWay() {
    Room room = new Room(8);
    assertEquals(6, room.reserve(6));
    room.sent(6, 60);
    assertEquals(2, room.reserve(2)); // on their way: one of them has arrived
    assertFalse(room.recount(6, 3)); // four have gone, three of them are sure
    assertEquals(3, room.trimmed());
    room.sent(2, 20);
    assertTrue(room.recount(8, 4));
    assertEquals(4, room.trimmed());
    assertTrue(room.recount(8, 5), "a count never goes back");
    assertEquals(4, room.trimmed());
  }

  @Test
  void neverGrantsMoreThanTheCapacityToManyThreads() throws Exception {
    Room room = new Room(1000);
    AtomicInteger granted = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int got; (got = room.reserve(3)) > 0; ) {
                  granted.addAndGet(got);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1000, granted.get());
  }
}
