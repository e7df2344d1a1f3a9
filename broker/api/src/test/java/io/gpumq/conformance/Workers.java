package io.gpumq.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Threads of one test; none outlives it, and no failure in one is lost. */
public final class Workers implements AutoCloseable {
  private static final long HINT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** One running thread and what it will return. */
  public static final class Worker<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    private Worker(Callable<T> body) {
      task = new FutureTask<>(body);
      thread = new Thread(task, "worker");
      thread.setDaemon(true);
      thread.start();
    }

    /** Waits for the result, or throws what the body threw. */
    public T join() throws Exception {
      try {
        return task.get(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw (Error) e.getCause();
      } catch (TimeoutException e) {
        AssertionError hung = new AssertionError("a worker hangs");
        hung.setStackTrace(thread.getStackTrace());
        throw hung;
      }
    }

    /** Whether its body has returned, or thrown. */
    public boolean isDone() {
      return task.isDone();
    }

    /**
     * Gives the thread time to reach the wait that it was started for. A hint, not a promise: one
     * that waits in a socket looks as if it ran.
     */
    void awaitWaiting() {
      long start = System.nanoTime();
      Await.until(
          "worker waits",
          () ->
              isDone()
                  || thread.getState() == Thread.State.WAITING
                  || thread.getState() == Thread.State.TIMED_WAITING
                  || System.nanoTime() - start > HINT_NANOS);
    }

    void interrupt() {
      thread.interrupt();
    }
  }

  private final List<Worker<?>> workers = new ArrayList<>();

  /** Runs a body on a thread of its own. */
  public <T> Worker<T> start(Callable<T> body) {
    Worker<T> worker = new Worker<>(body);
    workers.add(worker);
    return worker;
  }

  void joinAll() throws Exception {
    for (Worker<?> worker : workers) {
      worker.join();
    }
  }

  @Override
  public void close() {
    workers.forEach(Worker::interrupt);
  }
}
