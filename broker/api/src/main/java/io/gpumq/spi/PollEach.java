package io.gpumq.spi;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MultiPoll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Polls one consumer after the other, for a track that has no better way. */
public final class PollEach implements MultiPoll {
  private final List<Batch> batches = new ArrayList<>();

  /**
   * Checks how many consumers there are.
   *
   * @throws ConfigException if there are too many
   */
  public static void requireFew(List<? extends Consumer> consumers) {
    Objects.requireNonNull(consumers, "consumers");
    if (consumers.size() > MOST) {
      throw new ConfigException(
          consumers.size() + " consumers: must be " + MOST + " at most; poll the others next");
    }
  }

  /** Returns what says that a list has a consumer twice. */
  public static IllegalStateException namedTwice(Consumer consumer) {
    String which = "consumer '" + consumer.name() + "' of group '" + consumer.group() + "'";
    return new IllegalStateException(which + ": is named twice; name each once");
  }

  @Override
  public int poll(List<? extends Consumer> consumers, int max) throws InterruptedException {
    requireFew(consumers);
    batches.clear();
    int taken = 0;
    try {
      for (Consumer consumer : consumers) {
        if (consumers.indexOf(consumer) < batches.size()) {
          throw namedTwice(consumer);
        }
        Batch batch = consumer.poll(max, Duration.ZERO);
        batches.add(batch);
        taken += batch.size();
      }
      return taken;
    } catch (Throwable e) {
      giveBack(e, consumers);
      throw e;
    }
  }

  private void giveBack(Throwable why, List<? extends Consumer> consumers) {
    for (int i = 0; i < batches.size(); i++) {
      Consumer consumer = consumers.get(i);
      Batch batch = batches.get(i);
      for (int entry = 0; entry < batch.size(); entry++) {
        long sequence = batch.get(entry).sequence();
        Steps.undo(why, () -> consumer.giveBack(sequence, Duration.ZERO));
      }
    }
    batches.clear();
  }

  @Override
  public Batch batch(int index) {
    return batches.get(index);
  }
}
