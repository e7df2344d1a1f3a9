package io.gpumq.trackb.isolation;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Log;
import io.gpumq.trackb.memory.MemoryFile;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.RingKernel;
import io.gpumq.trackb.spi.Vram;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * What a device process does: its owner's commands, and a look at its kernels every millisecond. It
 * ends when a kernel has died, and when the owner has: then the commands end.
 */
final class Device {
  /** How the process exits when its owner has no more commands. */
  static final int EXIT_ENDED = 0;

  /** How the process exits when a kernel has died. */
  static final int EXIT_FAULT = 86;

  private static final Log LOG = Log.of(Device.class);
  private static final long LOOK_NANOS = 1_000_000;

  /** See {@link #die}. */
  private static final long LINGER_MILLIS = 300;

  private final Backend backend;
  private final InputStream commands;
  private final OutputStream answers;
  private final IntConsumer halt;
  private final Map<Integer, Opened> rings = new HashMap<>();

  /** The files of rings that were to be opened, guarded by the rings. */
  private final Map<Integer, Path> files = new HashMap<>();

  private final CountDownLatch commandsEnded = new CountDownLatch(1);
  private volatile boolean dying;

  /** The arena, opened with the first ring. Guarded by the rings, as is what it was opened by. */
  private Vram store;

  private Command.Memory storeMemory;

  private static final class Opened {
    private final HandlerSpec handler;
    private final RingFile file;
    private final MountedRing mounted;

    /** What works on it, or {@code null}. */
    private RingKernel kernel;

    /** Whether a look at what works on it has failed. */
    private boolean looksFail;

    private Opened(Command.Open open, Backend backend, Vram store) {
      handler = HandlerSpec.parse(open.handler());
      file = RingFile.attach(open.file(), open.shape());
      mounted = backend.mount(file, open.shape(), store); // the last: nothing after it may fail
    }
  }

  /**
   * @param halt ends the process at once, with an exit code
   */
  Device(Backend backend, InputStream commands, OutputStream answers, IntConsumer halt) {
    this.backend = backend;
    this.commands = commands;
    this.answers = answers;
    this.halt = halt;
  }

  /** Carries commands out until they end. */
  void run() throws IOException {
    Thread looks = new Thread(this::watch, "gpumq-kernels");
    looks.setDaemon(true);
    looks.start();
    say(new Answer.Ready());
    for (List<String> line; (line = Lines.read(commands)) != null; ) {
      Command command = Command.parse(line);
      try {
        carryOut(command);
      } catch (RuntimeException | Error e) {
        say(new Answer.Refused(command.ring(), Answer.why(e)));
      }
    }
    commandsEnded.countDown();
    if (dying) {
      halt.accept(EXIT_FAULT);
    } else {
      removeFiles();
      halt.accept(EXIT_ENDED);
    }
  }

  private void carryOut(Command command) {
    if (command instanceof Command.Ask ask) {
      say(new Answer.Alive(ask.ring()));
      return;
    }
    synchronized (rings) {
      if (dying) {
        return; // its rings may be another process's by now
      }
      if (command instanceof Command.Open open) {
        files.put(open.ring(), open.file());
        rings.put(open.ring(), new Opened(open, backend, store(open.store())));
        say(new Answer.Opened(open.ring()));
      } else if (command instanceof Command.Launch launch) {
        Opened ring = opened(launch.ring());
        ring.kernel = ring.mounted.launch(ring.handler, launch.resume());
        say(new Answer.Launched(launch.ring()));
      } else if (command instanceof Command.Stop stop) {
        RingKernel kernel = opened(stop.ring()).kernel;
        if (kernel != null) { // else its end was seen, and told
          kernel.requestStop();
        }
      } else {
        files.remove(command.ring());
        Opened closed = rings.remove(command.ring());
        if (closed != null) {
          closed.mounted.close();
        }
      }
    }
  }

  /** The store of a track is one, and stays open: whatever opens a ring comes with its name. */
  private Vram store(Command.Memory memory) {
    if (store == null) {
      store = backend.open(memory.handle(), memory.bytes());
      storeMemory = memory;
    } else if (!memory.equals(storeMemory)) {
      throw new IllegalStateException(
          "a second store, " + memory + ": there is one, " + storeMemory);
    }
    return store;
  }

  private Opened opened(int number) {
    Opened ring = rings.get(number);
    if (ring == null) {
      throw new IllegalStateException("ring " + number + " is not open in this device process");
    }
    return ring;
  }

  /** Goes on whatever a look throws, such as for want of memory: nobody else looks. */
  private void watch() {
    while (commandsEnded.getCount() > 0) {
      try {
        Answer fault = look();
        if (fault != null) {
          die(fault);
          return;
        }
      } catch (Throwable e) {
        LOG.debug("a look at the kernels failed: the next comes soon", e);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /**
   * Tells the owner, and lingers: when it ended at once, while a GPU's driver was still dealing
   * with the fault, the next death took seconds. The owner ends the commands if it cannot wait.
   */
  private void die(Answer fault) {
    try {
      say(fault);
      commandsEnded.await(LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      halt.accept(EXIT_FAULT);
    }
  }

  /** Tells of kernels that have ended. Returns how one has died, or {@code null}. */
  private Answer look() {
    synchronized (rings) {
      for (Map.Entry<Integer, Opened> each : rings.entrySet()) {
        Opened ring = each.getValue();
        try {
          Answer fault = look(each.getKey(), ring);
          if (fault != null) {
            return fault;
          }
        } catch (Throwable e) { // keeps no other from being looked at
          if (!ring.looksFail) { // said once: it is looked at a thousand times a second
            ring.looksFail = true;
            LOG.warning("looking at the kernel of a ring failed, and goes on", e);
          }
        }
      }
      return null;
    }
  }

  private Answer look(int number, Opened ring) {
    RingKernel kernel = ring.kernel;
    if (kernel == null) {
      return null;
    }
    boolean ended = kernel.hasEnded(); // first: it may die until the second question
    String failure = kernel.failure();
    if (failure != null) {
      dying = true;
      return new Answer.Fault(number, failure, kernel.diedWithAll());
    }
    if (ended) {
      say(new Answer.Ended(number));
      ring.kernel = null; // behind the word: where that fails, the next look says it
    }
    return null;
  }

  /** The owner ended without a word, so nobody else removes what it shared. */
  private void removeFiles() {
    synchronized (rings) {
      files.values().forEach(MemoryFile::remove);
      if (store != null && !files.isEmpty()) { // else its owner let go of all, and lives on
        store.orphaned();
      }
    }
  }

  /** Of an owner that is gone nobody hears it; the end of the commands tells of that. */
  private void say(Answer answer) {
    synchronized (answers) {
      try {
        Lines.write(answers, answer.words());
      } catch (IOException e) {
        LOG.debug("nobody hears", e);
      }
    }
  }
}
