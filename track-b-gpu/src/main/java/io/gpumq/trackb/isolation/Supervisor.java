package io.gpumq.trackb.isolation;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.isolation.IsolatedRing.Phase;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps a device process at work on the rings of a track, and another one ready beside it. Whatever
 * happens is one event after the other on the thread {@code gpumq-supervisor}.
 *
 * <p>A process that died is followed by the next at once, unless it achieved nothing in its short
 * life: then after a while that doubles each time, and after {@value #MOST_FRUITLESS} in a row
 * every ring fails.
 */
final class Supervisor {
  /** Processes in a row that complete no message before the rings fail. */
  static final int MOST_FRUITLESS = 5;

  private static final System.Logger LOG = System.getLogger(Supervisor.class.getName());
  private static final long FIRST_BACKOFF_MILLIS = 50;
  private static final long STOP_MILLIS = 2_000;
  private static final long ANSWER_MILLIS = 1_000;

  private final ProcessPlan plan;
  private final Events events = new Events("gpumq-supervisor", this::onFailedEvent);
  private final Map<Integer, IsolatedRing> rings = new LinkedHashMap<>();
  private DeviceProcess active;
  private DeviceProcess standby;
  private boolean starting;
  private int fruitless;

  /** Whether a ring that was closed since the last death had messages completed since. */
  private boolean closedFruitfully;

  private int standbyFailures;
  private volatile long pid;

  private final DeviceProcess.Listener listener =
      new DeviceProcess.Listener() {
        @Override
        public void answered(DeviceProcess process, Answer answer) {
          events.post(() -> onAnswer(process, answer));
        }

        @Override
        public void died(DeviceProcess process) {
          events.post(() -> onDeath(process));
        }
      };

  Supervisor(ProcessPlan plan) {
    this.plan = plan;
  }

  // ---- from any thread

  /** The process at work, or 0. */
  long pid() {
    return pid;
  }

  /**
   * Waits until a device process works on a new ring.
   *
   * @throws ConfigException if the device cannot
   * @throws TrackFailedException if none comes to work
   */
  void start(IsolatedRing ring) {
    events.post(() -> add(ring));
    Events.await(ring.started);
  }

  /** Waits until none works on a ring any more. */
  void stop(IsolatedRing ring) {
    events.post(() -> end(ring));
    Events.await(ring.stopped);
  }

  /** A ring's handler hangs, as seen in an epoch of the ring. */
  void hung(IsolatedRing ring, String why, long epoch) {
    events.post(
        () -> {
          if (ring.epoch() == epoch && ring.phase() == Phase.RUNNING && active != null) {
            askWhetherAlive(ring, why);
          }
        });
  }

  /** Ends the processes. No ring may be left. */
  void close() {
    events.close(
        () -> {
          pid = 0;
          processes().forEach(DeviceProcess::end);
        });
  }

  // ---- events

  /** An event that failed leaves the rings in no known state. */
  private void onFailedEvent(Throwable e) {
    LOG.log(Level.ERROR, "the supervisor of the device process failed", e);
    failAll(e instanceof TrackFailedException ? e.getMessage() : "no device process: " + e);
  }

  private void add(IsolatedRing ring) {
    rings.put(ring.number(), ring);
    for (DeviceProcess process : processes()) {
      process.send(ring.open());
    }
    if (active == null && !starting) {
      startNow();
    } else {
      proceed();
    }
  }

  private void end(IsolatedRing ring) {
    ring.askedToStop();
    if (active == null || ring.phase() == Phase.IDLE) {
      remove(ring);
      return;
    }
    DeviceProcess asked = active;
    asked.send(new Command.Stop(ring.number()));
    events.later(
        STOP_MILLIS,
        () -> {
          if (active == asked && rings.containsValue(ring)) {
            asked.kill("a handler of a queue that was closed did not end");
          }
        });
  }

  /** A process that does not answer stands still, and its handler with it: no message's fault. */
  private void askWhetherAlive(IsolatedRing ring, String why) {
    DeviceProcess asked = active;
    if (asked.hangs() != null) {
      return; // already asked
    }
    asked.seemsToHang(why);
    asked.send(new Command.Ask(ring.number()));
    events.later(
        ANSWER_MILLIS,
        () -> {
          if (active == asked) {
            asked.kill("device process " + asked.pid() + " stood still; " + why);
          }
        });
  }

  private void remove(IsolatedRing ring) {
    closedFruitfully |= ring.hasProgressed();
    rings.remove(ring.number());
    for (DeviceProcess process : processes()) {
      process.send(new Command.Close(ring.number()));
    }
    ring.stopped.complete(null);
  }

  private void onAnswer(DeviceProcess process, Answer answer) {
    if (process == standby) {
      if (answer instanceof Answer.Ready) {
        standbyFailures = 0;
      } else if (answer instanceof Answer.Refused refused && !isGone(refused.ring())) {
        process.kill("it refused: " + refused.why());
      }
    } else if (process == active) {
      if (answer instanceof Answer.Ready) {
        proceed();
      } else if (answer instanceof Answer.Launched launched && !isGone(launched.ring())) {
        onLaunched(rings.get(launched.ring()));
      } else if (answer instanceof Answer.Ended ended) {
        onEnded(rings.get(ended.ring()));
      } else if (answer instanceof Answer.Alive) {
        process.killHung(process.hangs());
      } else if (answer instanceof Answer.Refused refused) {
        onRefused(refused);
      } // a fault: the process's end follows
    }
  }

  private void onLaunched(IsolatedRing ring) {
    ring.launched();
    if (plan.standby() && standby == null && allRunning()) {
      startStandby();
    }
  }

  private void onEnded(IsolatedRing ring) {
    if (ring == null) {
      return; // stopped when its trial had just ended
    }
    ring.idle();
    if (ring.isStopping()) {
      remove(ring);
    } else {
      ring.trialPassed();
    }
    proceed();
  }

  /** A ring that nobody has worked on yet is the one that asks too much; else it is the process. */
  private void onRefused(Answer.Refused refused) {
    IsolatedRing ring = rings.get(refused.ring());
    if (isGone(refused.ring())) {
      return;
    }
    if (ring != null && !ring.started.isDone()) {
      ring.started.completeExceptionally(new ConfigException(refused.why()));
      remove(ring);
    } else {
      active.kill("it refused: " + refused.why());
    }
  }

  /** Whether a ring was closed, or refused, after something was asked for it. */
  private boolean isGone(int ring) {
    return ring != Answer.NO_RING && !rings.containsKey(ring);
  }

  /** Trials first, one ring after the other; then every ring. */
  private void proceed() {
    if (active == null || !active.isReady()) {
      return;
    }
    for (IsolatedRing ring : rings.values()) {
      if (ring.needsTrial() && !ring.hasFailed() && !ring.isStopping()) {
        launch(ring);
        return;
      }
    }
    for (IsolatedRing ring : rings.values()) {
      if (!ring.hasFailed() && !ring.isStopping()) {
        launch(ring);
      }
    }
  }

  private void launch(IsolatedRing ring) {
    if (ring.phase() != Phase.IDLE) {
      return;
    }
    DeviceProcess asked = active;
    asked.send(ring.launch());
    events.later(
        plan.startTime().toMillis(),
        () -> {
          if (active == asked && ring.phase() == Phase.ASKED) {
            asked.kill("it did not begin to work on a ring within " + plan.startTime());
          }
        });
  }

  private boolean allRunning() {
    return rings.values().stream()
        .allMatch(ring -> ring.phase() == Phase.RUNNING || ring.hasFailed());
  }

  // ---- processes

  private List<DeviceProcess> processes() {
    List<DeviceProcess> all = new ArrayList<>();
    if (active != null) {
      all.add(active);
    }
    if (standby != null) {
      all.add(standby);
    }
    return all;
  }

  private DeviceProcess spawn() {
    try {
      DeviceProcess process =
          DeviceProcess.start(plan.machine(), plan.device(), plan.settings(), listener);
      for (IsolatedRing ring : rings.values()) {
        process.send(ring.open());
      }
      events.later(
          plan.startTime().toMillis(),
          () -> {
            if (!process.isReady()) {
              process.kill("it was not ready within " + plan.startTime());
            }
          });
      return process;
    } catch (IOException e) {
      throw new TrackFailedException("no device process can be started: " + e.getMessage(), e);
    }
  }

  /** Puts the next process in charge: the one that stands by, or a new one. */
  private void startNow() {
    starting = false;
    if (rings.isEmpty()) {
      return;
    }
    active = standby != null ? standby : spawn();
    standby = null;
    pid = active.pid();
    proceed();
  }

  private void startStandby() {
    if (standby == null && active != null && standbyFailures < MOST_FRUITLESS) {
      try {
        standby = spawn();
      } catch (TrackFailedException e) {
        LOG.log(Level.WARNING, "none stands by", e);
      }
    }
  }

  private void onDeath(DeviceProcess process) {
    if (process == standby) {
      standby = null;
      standbyFailures++;
      LOG.log(Level.WARNING, "the device process that stood by ended: {0}", process.obituary());
      events.later(backoffMillis(standbyFailures), this::startStandby);
    } else if (process == active) {
      onDeathAtWork(process);
    }
  }

  private void onDeathAtWork(DeviceProcess process) {
    active = null;
    pid = 0;
    LOG.log(Level.WARNING, "the device process at work ended: {0}", process.obituary());
    boolean working = !rings.isEmpty() && allRunning();
    for (IsolatedRing ring : rings.values()) {
      if (ring.phase() != Phase.IDLE) {
        ring.idle();
      }
      String broken = ring.brokenness();
      if (broken != null) {
        ring.fail(broken);
      }
    }
    boolean fruitful = Trials.afterDeath(process, rings.values()) || closedFruitfully;
    closedFruitfully = false;
    boolean killedAtRest = working && !process.diedOfItsWork() && allDone();
    boolean lasted = process.age().compareTo(plan.startTime()) > 0;
    fruitless = fruitful || killedAtRest || working && lasted ? 0 : fruitless + 1;
    List.copyOf(rings.values()).stream().filter(IsolatedRing::isStopping).forEach(this::remove);
    if (rings.isEmpty()) {
      fruitless = 0;
    } else if (fruitless >= MOST_FRUITLESS) {
      failAll(
          fruitless
              + " device processes in a row ended without completing a message; the last: "
              + process.obituary());
    } else {
      starting = true;
      if (fruitless == 0) {
        startNow();
      } else {
        events.later(backoffMillis(fruitless), this::startNow);
      }
    }
  }

  private boolean allDone() {
    return rings.values().stream().allMatch(IsolatedRing::isDone);
  }

  private static long backoffMillis(int failures) {
    return FIRST_BACKOFF_MILLIS << Math.min(failures, MOST_FRUITLESS + 1) - 1;
  }

  private void failAll(String why) {
    fruitless = 0;
    for (DeviceProcess process : processes()) {
      process.kill("every ring has failed");
    }
    active = null;
    standby = null;
    pid = 0;
    Collection<IsolatedRing> all = List.copyOf(rings.values());
    for (IsolatedRing ring : all) {
      ring.fail(why);
      if (ring.phase() != Phase.IDLE) {
        ring.idle();
      }
      if (ring.isStopping() || !ring.started.isDone()) {
        ring.started.completeExceptionally(new TrackFailedException(why));
        remove(ring);
      }
    }
  }
}
