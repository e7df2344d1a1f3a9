package io.gpumq.trackb.device;

import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Does what would wait for every running kernel: at once where none runs, else in a lull. For a
 * lull it ends all kernels; they go on where they ended. A kernel that does not end soon has a long
 * handler: then the others go on without it, and a thread tries again later. The next time it ends
 * the slow ones first, and alone, and has more patience with them each time.
 *
 * <p>Safe for use by many threads. Work runs on the caller's thread or on one of its own, and must
 * not start kernels.
 */
final class Lull {
  private static final Log LOG = Log.of(Lull.class);

  /** So long, at most, messages wait for the kernel of another queue that does not end. */
  private static final long PATIENCE_NANOS = 5_000_000;

  /** So long, at most, messages of a queue with a long handler wait for its own kernel to end. */
  private static final long LONGEST_PATIENCE_NANOS = 1_280_000_000;

  /** Between two asks whether a kernel has ended. */
  private static final long ASK_NANOS = 20_000;

  /** Before the first lull, so that queues which close one by one share it; then ever longer. */
  private static final long FIRST_WAIT_MILLIS = 100;

  private static final long LONGEST_WAIT_MILLIS = 5_000;

  /** A kernel that can end for a moment. */
  interface Kernel {
    /** Tells it to end, and does not wait for that. */
    void pause();

    /** Returns whether it has ended, for a moment or for good. */
    boolean isPaused();

    /** Lets it go on where it ended, as soon as it has; nothing where it was stopped for good. */
    void resume();

    /** Returns whether it has died, and its device with it: nothing ends for a moment there. */
    boolean diedWithAll();
  }

  private final Runnable enter;

  /** Held where a kernel starts, and during a lull. */
  private final ReentrantLock starts = new ReentrantLock();

  private final Set<Kernel> running = ConcurrentHashMap.newKeySet();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** Those of the running that once did not end soon; guarded by {@link #starts}. */
  private final Set<Kernel> slow = new HashSet<>();

  /** Lives as long as something waits; guarded by this. */
  private Thread thread;

  /** Whether the device has died: what waits is for its end. */
  private volatile boolean hopeless;

  /**
   * @param enter lets a thread call the driver
   */
  Lull(Runnable enter) {
    this.enter = enter;
  }

  /** Starts a kernel, behind a lull that is under way. */
  <K extends Kernel> K start(Supplier<K> launch) {
    starts.lock();
    try {
      K kernel = launch.get();
      running.add(kernel);
      return kernel;
    } finally {
      starts.unlock();
    }
  }

  /** A kernel has ended for good. */
  void ended(Kernel kernel) {
    running.remove(kernel);
    doIfIdle();
  }

  /** Returns whether no kernel runs. */
  boolean isIdle() {
    return running.isEmpty();
  }

  /** Does the work, now or as soon as it waits for no kernel. */
  void run(Runnable work) {
    waiting.add(work);
    doIfIdle();
    synchronized (this) {
      if (thread == null && !waiting.isEmpty()) {
        Thread made = new Thread(this::untilNothingWaits, "gpumq-lull");
        made.setDaemon(true);
        made.start();
        thread = made; // behind the start: where that fails, the next work tries again
      }
    }
  }

  /**
   * Does what waits if no kernel runs. It waits for no lock, since the caller may hold a kernel's,
   * which a lull wants. Whatever holds {@link #starts} then, the thread does the work later.
   */
  private void doIfIdle() {
    if (starts.tryLock()) {
      try {
        if (running.isEmpty()) {
          doAll();
        }
      } finally {
        starts.unlock();
      }
    }
  }

  private void doAll() {
    for (Runnable work; (work = waiting.poll()) != null; ) {
      try {
        work.run();
      } catch (RuntimeException | Error e) { // the rest is to be done all the same
        LOG.warning("memory of a closed queue is not given back", e);
      }
    }
  }

  /** No kernel runs any more, and none will: does what still waits. */
  void finish() {
    starts.lock();
    try {
      doAll();
    } finally {
      starts.unlock();
    }
  }

  private void untilNothingWaits() {
    long millis = FIRST_WAIT_MILLIS;
    long patience = PATIENCE_NANOS;
    do {
      LockSupport.parkNanos(millis * 1_000_000);
      millis = Math.min(2 * millis, LONGEST_WAIT_MILLIS);
      try {
        makeLull(patience);
        patience = Math.min(2 * patience, LONGEST_PATIENCE_NANOS);
      } catch (RuntimeException | Error e) { // such as of a GPU that is lost
        LOG.warning("the kernels could not pause", e);
      }
    } while (!isDone());
  }

  /** Returns whether there is nothing to do; then the thread ends, the next work starts another. */
  private synchronized boolean isDone() {
    if (waiting.isEmpty() || hopeless) {
      thread = null;
    }
    return thread == null;
  }

  /**
   * @param patience with the slow
   */
  private void makeLull(long patience) {
    starts.lock();
    try {
      hopeless = running.stream().anyMatch(Kernel::diedWithAll);
      if (waiting.isEmpty() || hopeless) {
        return; // the last kernel has ended meanwhile, or none ever will
      }
      enter.run();
      List<Kernel> asked = new ArrayList<>();
      Steps steps = new Steps();
      steps.run(
          () -> {
            if (allPause(asked, patience)) {
              doAll();
            }
          });
      asked.forEach(kernel -> steps.run(kernel::resume));
      steps.finish();
    } finally {
      starts.unlock();
    }
  }

  /** The others go on while the slow take their time. */
  private boolean allPause(List<Kernel> asked, long patience) {
    slow.retainAll(running);
    List<Kernel> quick = new ArrayList<>(running);
    quick.removeAll(slow);
    return allPause(asked, List.copyOf(slow), patience) && allPause(asked, quick, PATIENCE_NANOS);
  }

  private boolean allPause(List<Kernel> asked, List<Kernel> kernels, long patience) {
    asked.addAll(kernels);
    kernels.forEach(Kernel::pause);
    long begin = System.nanoTime();
    for (Kernel kernel : kernels) {
      while (!kernel.isPaused()) {
        if (System.nanoTime() - begin > patience) {
          kernels.stream().filter(late -> !late.isPaused()).forEach(slow::add);
          return false;
        }
        LockSupport.parkNanos(ASK_NANOS);
      }
    }
    return true;
  }
}
