package io.gpumq.trackb.isolation;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Events one after the other on a thread of their own, until it is closed. */
final class Events {
  private static final System.Logger LOG = System.getLogger(Events.class.getName());

  private final ScheduledThreadPoolExecutor thread;
  private final Consumer<Throwable> onFailure;
  private volatile boolean closed;

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
  }

  /** Does something when everything before is done. After the end it is dropped. */
  void post(Runnable event) {
    later(0, event);
  }

  /** Does something when so much time has passed. */
  void later(long millis, Runnable event) {
    try {
      thread.schedule(() -> guard(event), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "an event after the end", e);
    }
  }

  private void guard(Runnable event) {
    if (closed) {
      return;
    }
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }

  /** Does something as the last event, and waits for it. */
  void close(Runnable last) {
    var done = new CompletableFuture<Void>();
    post(
        () -> {
          closed = true;
          last.run();
          done.complete(null);
        });
    thread.shutdown();
    await(done);
    thread.shutdownNow();
  }

  /** Waits for what an event completes, and throws what it failed with. */
  static void await(CompletableFuture<Void> done) {
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }
}
