package io.gpumq.soak.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of one stage. The first that fails stops the others; what it threw reaches whoever
 * waits for them. Starting and joining are for one thread.
 */
public final class Crew implements AutoCloseable {
  private static final long JOIN_MS = 30_000;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  /** One thread's work; looks at {@link #stopping()} at least every 100 ms. */
  @FunctionalInterface
  public interface Task {
    void run() throws InterruptedException;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong allocated = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean stopping;

  /** Starts a thread of that name. */
  public Thread start(String name, Task task) {
    var thread = new Thread(() -> run(task), name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  private void run(Task task) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      task.run();
    } catch (Throwable e) {
      if (!failure.compareAndSet(null, e) && e != failure.get()) {
        failure.get().addSuppressed(e);
      }
      stopping = true;
    }
    allocated.addAndGet(THREADS.getCurrentThreadAllocatedBytes() - before);
  }

  /** Bytes of heap that the threads which ended took for their tasks. */
  public long allocatedBytes() {
    return allocated.get();
  }

  /** Whether the threads are to end. */
  public boolean stopping() {
    return stopping;
  }

  /** Tells the threads to end. */
  public void stop() {
    stopping = true;
  }

  /** Waits until every thread is done with its task or one fails, however long that takes. */
  public void await() throws InterruptedException {
    while (!stopping && threads.stream().anyMatch(Thread::isAlive)) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    join();
  }

  /** Waits for every thread, then throws what the first failure threw. */
  public void join() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MS);
    for (Thread thread : threads) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      thread.join(Math.max(1, left));
      if (thread.isAlive()) {
        throw new IllegalStateException(
            thread.getName() + " did not end within " + JOIN_MS / 1000 + " s of being told to");
      }
    }
    rethrow();
  }

  private void rethrow() throws InterruptedException {
    Throwable first = failure.get();
    if (first instanceof InterruptedException e) {
      throw e;
    } else if (first instanceof RuntimeException e) {
      throw e;
    } else if (first instanceof Error e) {
      throw e;
    }
  }

  /** Tells the threads to stop; does not wait. */
  @Override
  public void close() {
    stop();
  }
}
