package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MultiPoll;
import io.gpumq.spi.PollEach;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;

/**
 * Polls consumers of one track together: each takes its entries, then what they want from the store
 * is read by one of them for all. For one thread at a time, used again and again.
 */
public final class JointPoll implements MultiPoll, Fetch.Wanted {
  /**
   * Once so much is wanted, large entries go to the memory for such alone: a thousand consumers
   * would take gigabytes of their own, and keep that. Below it, who polls again and again goes on.
   */
  private static final int MOST_LARGE_BYTES = 1 << 20;

  private final Store store;

  /** Those that are entered now. */
  private QueueConsumer[] consumers = new QueueConsumer[16];

  private int entered;

  /** What each has taken; of the last call behind it. */
  private Batch[] batches = new Batch[16];

  private int count;

  // What is to be read: whose it is, and which of it.
  private OwnReads[] wanted = new OwnReads[64];
  private int[] indexes = new int[64];
  private int reads;

  /** How much that is. */
  private long bytes;

  /** Who begins to take in the next call: for whose large entry this one had no memory left. */
  private int first;

  private boolean isRefused;

  /**
   * @param store of the track
   */
  public JointPoll(Store store) {
    this.store = store;
  }

  @Override
  public int poll(List<? extends Consumer> all, int max) {
    QueueConsumer.requireMax(max);
    PollEach.requireFew(all);
    Arrays.fill(batches, 0, count, null);
    count = 0;
    if (all.size() > consumers.length) {
      batches = new Batch[MOST];
      consumers = new QueueConsumer[MOST];
    }
    try {
      enter(all);
      return take(max);
    } catch (Throwable e) {
      undo(e);
      throw e;
    } finally {
      Arrays.fill(wanted, 0, reads, null); // it keeps nothing of consumers that are closed next
      reads = 0;
      bytes = 0;
      isRefused = false;
      leave();
    }
  }

  private void enter(List<? extends Consumer> all) {
    for (Consumer one : all) {
      if (entered == consumers.length) {
        throw new ConcurrentModificationException(
            "the list of consumers has grown to more than " + entered + " since the poll began");
      }
      Objects.requireNonNull(one, "a consumer of the list: null");
      if (!(one instanceof QueueConsumer consumer) || !consumer.isOf(store)) {
        throw new ConfigException(
            "consumer '" + one.name() + "' of group '" + one.group() + "': is of another track");
      }
      try {
        consumer.enterJointly();
      } catch (IllegalStateException e) {
        throw hasEntered(consumer) ? PollEach.namedTwice(consumer) : e;
      }
      consumers[entered++] = consumer;
    }
  }

  private boolean hasEntered(QueueConsumer consumer) {
    for (int i = 0; i < entered; i++) {
      if (consumers[i] == consumer) {
        return true;
      }
    }
    return false;
  }

  private int take(int max) {
    EntryFinder reader = null;
    int begin = first < entered ? first : 0;
    first = 0;
    for (int i = 0; i < entered; i++) {
      int at = begin + i < entered ? begin + i : begin + i - entered;
      EntryFinder finder = consumers[at].beginJointly(max, bytes < MOST_LARGE_BYTES);
      if (finder != null && want(finder.wanted()) && reader == null) {
        reader = finder;
      }
      if (finder != null && finder.isRefused() && !isRefused) {
        isRefused = true;
        first = at;
      }
    }
    if (reader != null) {
      reader.fetch(this);
    }
    int taken = 0;
    for (int i = 0; i < entered; i++) {
      batches[i] = consumers[i].endJointly();
      taken += batches[i].size();
    }
    count = entered;
    return taken;
  }

  /** Wants what one consumer wants; returns whether that is something. */
  private boolean want(OwnReads own) {
    for (int i = 0; i < own.count(); i++) {
      if (reads == wanted.length) {
        indexes = Arrays.copyOf(indexes, 2 * reads);
        wanted = Arrays.copyOf(wanted, 2 * reads); // the last: where one fails, both grow again
      }
      wanted[reads] = own;
      indexes[reads++] = i;
      bytes += (long) own.units(i) * UNIT;
    }
    return own.count() > 0;
  }

  private void undo(Throwable why) {
    for (int i = 0; i < entered; i++) {
      batches[i] = null;
      consumers[i].undoJointly(why);
    }
  }

  /** Leaves each, whatever another throws. Where all is well nothing is allocated. */
  private void leave() {
    while (entered > 0) {
      QueueConsumer consumer = consumers[--entered];
      consumers[entered] = null;
      try {
        consumer.leaveJointly();
      } catch (Throwable e) {
        Steps.undo(e, this::leave);
        throw e;
      }
    }
  }

  @Override
  public Batch batch(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException(
          "index " + index + ": the last call had " + count + " consumers");
    }
    return batches[index];
  }

  @Override
  public int count() {
    return reads;
  }

  @Override
  public long place(int index) {
    return wanted[index].place(indexes[index]);
  }

  @Override
  public int units(int index) {
    return wanted[index].units(indexes[index]);
  }

  @Override
  public ByteBuffer memory(int index) {
    return wanted[index].memory();
  }

  @Override
  public int target(int index) {
    return wanted[index].target(indexes[index]);
  }
}
