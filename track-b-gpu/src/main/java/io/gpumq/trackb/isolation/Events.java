package io.gpumq.trackb.isolation;

import io.gpumq.spi.Log;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Events one after the other on a thread of their own, until it is closed. */
final class Events {
  private static final Log LOG = Log.of(Events.class);

  private final ScheduledThreadPoolExecutor thread;
  private final Consumer<Throwable> onFailure;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Whether the last event was posted; guarded by this. */
  private boolean ending;

  /**
   * @param onFailure told of an event that failed, on the same thread
   */
  Events(String name, Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    thread.prestartCoreThread(); // or an event would be the first to hear that there is none
  }

  /**
   * Does something when everything before is done.
   *
   * @return {@code false} after the end: it will not be done
   */
  synchronized boolean post(Runnable event) {
    if (ending) {
      return false;
    }
    thread.execute(() -> guard(event));
    return true;
  }

  /** Does something when so much time has passed, unless the end comes first. */
  void later(long millis, Runnable event) {
    try {
      thread.schedule(() -> guard(event), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("an event after the end", e);
    }
  }

  private void guard(Runnable event) {
    if (ended.isDone()) {
      return;
    }
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }

  /** Does something as the last event, and waits for it. Closing again waits for the same. */
  void close(Runnable last) {
    synchronized (this) {
      if (!ending) {
        ending = true;
        thread.execute(() -> end(last));
      }
    }
    awaitEnd();
    thread.shutdownNow();
  }

  /** Waits until the last event is done, and throws what it failed with. */
  void awaitEnd() {
    await(ended);
  }

  private void end(Runnable last) {
    try {
      last.run();
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  /** Waits for what an event completes, and throws what it failed with. */
  static void await(CompletableFuture<Void> done) {
    try {
      done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }
}
