package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What has gone is stepped over at once, however much that is. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GapTest {
  private static final long END = 1L << 51;

  private final NavigableSet<Long> messages =
      new TreeSet<>(List.of(0L, 1L, 1L << 40, (1L << 40) + 1, 1L << 50));

  /** How often somebody asked for one entry alone. */
  private int asked;

  private final class WithGaps implements Deliverable {
    @Override
    public boolean deliverable(long sequence) {
      asked++;
      return messages.contains(sequence);
    }

    @Override
    public long firstFrom(long from, long end) {
      Long first = messages.ceiling(from);
      return first == null ? Math.max(from, end) : Math.min(first, Math.max(from, end));
    }

    @Override
    public long lastBefore(long from, long end) {
      Long last = messages.lower(end);
      return last == null ? from - 1 : last;
    }

    @Override
    public long runEnd(long from, long end) {
      long next = from;
      while (next < end && messages.contains(next)) {
        next++;
      }
      return next;
    }
  }

  private Group group(Deliverable deliverable) {
    return new Group(
        "g", 0, 1_000, 1, false, deliverable, (s, cause, count, name) -> true, () -> 0);
  }

  @Test
  void aGroupComesToEachMessage() {
    Group group = group(new WithGaps());
    Delivery delivery = new Delivery();
    List<Long> taken = new ArrayList<>();
    while (group.take(delivery, 10, 1, END) > 0) {
      for (int i = 0; i < delivery.size(); i++) {
        taken.add(delivery.sequence(i));
      }
      group.acknowledge(delivery);
    }
    assertEquals(new ArrayList<>(messages), taken);
    assertEquals(END, group.cursor());
    assertEquals(END, group.acknowledgedTo());
    assertTrue(asked < 10, asked + " looks");
  }

  @Test
  void aReaderComesToEachMessageBackwards() {
    Delivery delivery = new Delivery();
    List<Long> read = new ArrayList<>();
    for (long end = END; end > 0; end = delivery.size() == 0 ? 0 : delivery.sequence(0)) {
      delivery.readBack(new WithGaps(), 0, end, 2);
      for (int i = delivery.size() - 1; i >= 0; i--) {
        read.add(delivery.sequence(i));
      }
    }
    assertEquals(new ArrayList<>(messages.descendingSet()), read);
    assertEquals((1L << 40) + 1, new WithGaps().newest(0, END, 2));
    assertEquals(5, new WithGaps().newest(5, 1L << 40, 3), "there are none");
    assertTrue(asked < 10, asked + " looks");
  }

  /** A queue that nobody takes from passes over what is no message. */
  @Test
  void aGroupWithoutATakerPassesOver() {
    messages.removeIf(sequence -> sequence < 1L << 50);
    Group group = group(new WithGaps());
    group.passOver(END);
    assertEquals(1L << 50, group.acknowledgedTo());
    assertTrue(asked < 10, asked + " looks");
  }

  @Test
  void whatIsAheadIsCountedAndMarked() {
    Group group = group(new WithGaps());
    assertEquals(messages.size(), group.wanted().count(0, END));
    BitSet unsettled = new BitSet();
    group.markUnsettled((1L << 40) - 500, 1_000, unsettled);
    assertEquals("{500, 501}", unsettled.toString());
    assertTrue(asked < 10, asked + " looks");
  }
}
