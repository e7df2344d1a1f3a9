package io.gpumq.trackb.isolation;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.isolation.IsolatedRing.Phase;
import io.gpumq.trackb.ring.RingBackend;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps a device process at work on the rings of a track. Whatever happens is one event after the
 * other on the thread {@code gpumq-supervisor}.
 *
 * <p>A process that died is followed by the next at once, unless it achieved nothing in its short
 * life: then after a while that doubles each time, and after {@value Patience#MOST_FRUITLESS} in a
 * row every ring fails. One that has no room for a new ring is followed by one that has, when that
 * is ready: every kernel ends, and goes on there.
 */
final class Supervisor {
  private static final System.Logger LOG = System.getLogger(Supervisor.class.getName());
  private static final long STOP_MILLIS = 2_000;
  private static final long ANSWER_MILLIS = 1_000;

  private final ProcessPlan plan;
  private final Events events = new Events("gpumq-supervisor", this::onFailedEvent);
  private final Map<Integer, IsolatedRing> rings = new LinkedHashMap<>();
  private final Patience patience = new Patience();
  private final Staff staff;
  private boolean starting;

  /** Whether a ring that was closed since the last death had messages completed since. */
  private boolean closedFruitfully;

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

  Supervisor(ProcessPlan plan, RingBackend backend) {
    this.plan = plan;
    this.staff = new Staff(plan, backend, rings.values(), events, listener, this::proceed);
  }

  // ---- from any thread

  /** The process at work, or 0. */
  long pid() {
    return staff.pid();
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
          if (ring.epoch() == epoch && ring.phase() == Phase.RUNNING && staff.active() != null) {
            askWhetherAlive(ring, why);
          }
        });
  }

  /** Ends the processes. No ring may be left. */
  void close() {
    events.close(staff::end);
  }

  // ---- events

  /** An event that failed leaves the rings in no known state. */
  private void onFailedEvent(Throwable e) {
    LOG.log(Level.ERROR, "the supervisor of the device process failed", e);
    failAll(e instanceof TrackFailedException ? e.getMessage() : "no device process: " + e);
  }

  private void add(IsolatedRing ring) {
    if (staff.isFull()) {
      ring.started.completeExceptionally(new ConfigException(staff.full()));
      return;
    }
    rings.put(ring.number(), ring);
    staff.openAll();
    if (staff.active() == null && !starting) {
      startNow();
    } else {
      proceed();
    }
  }

  private void end(IsolatedRing ring) {
    ring.askedToStop();
    if (staff.active() == null || ring.phase() == Phase.IDLE) {
      remove(ring);
      proceed();
    } else {
      stopKernel(ring);
    }
  }

  private void stopKernel(IsolatedRing ring) {
    if (ring.phase() == Phase.ENDING) {
      return;
    }
    DeviceProcess asked = staff.active();
    asked.send(ring.end());
    long epoch = ring.epoch();
    events.later(
        STOP_MILLIS,
        () -> {
          if (staff.active() == asked && ring.epoch() == epoch && ring.phase() == Phase.ENDING) {
            asked.kill("a handler of a queue that was to end did not end");
          }
        });
  }

  /** A process that does not answer stands still, and its handler with it: no message's fault. */
  private void askWhetherAlive(IsolatedRing ring, String why) {
    DeviceProcess asked = staff.active();
    if (asked.hangs() != null) {
      return; // already asked
    }
    asked.seemsToHang(why);
    asked.send(new Command.Ask(ring.number()));
    events.later(
        ANSWER_MILLIS,
        () -> {
          if (staff.active() == asked) {
            asked.kill("device process " + asked.pid() + " stood still; " + why);
          }
        });
  }

  private void remove(IsolatedRing ring) {
    closedFruitfully |= ring.hasProgressed();
    rings.remove(ring.number());
    staff.close(ring);
    ring.stopped.complete(null);
  }

  private void onAnswer(DeviceProcess process, Answer answer) {
    if (process == staff.standby()) {
      if (answer instanceof Answer.Ready) {
        staff.standbyIsReady();
        proceed();
      } else if (answer instanceof Answer.Refused refused && !isGone(refused.ring())) {
        process.kill("it refused: " + refused.why());
      }
    } else if (process == staff.active()) {
      if (answer instanceof Answer.Ready) {
        proceed();
      } else if (answer instanceof Answer.Launched launched && !isGone(launched.ring())) {
        rings.get(launched.ring()).launched();
        proceed();
      } else if (answer instanceof Answer.Ended ended && !isGone(ended.ring())) {
        onEnded(rings.get(ended.ring()));
      } else if (answer instanceof Answer.Alive) {
        process.killHung(process.hangs());
      } else if (answer instanceof Answer.Refused refused) {
        onRefused(process, refused);
      } else if (answer instanceof Answer.Fault fault) {
        onFault(process, fault);
      }
    }
  }

  /** Its exit is waited for only where some of its kernels may still be at work. */
  private void onFault(DeviceProcess process, Answer.Fault fault) {
    if (fault.withAll()) {
      staff.letLinger();
      onDeathAtWork(process);
    } else {
      process.endCommands();
    }
  }

  private void onEnded(IsolatedRing ring) {
    boolean byItself = ring.phase() != Phase.ENDING;
    ring.idle();
    if (ring.isStopping()) {
      remove(ring);
    } else if (byItself) {
      ring.trialPassed();
    }
    proceed();
  }

  /** A ring that nobody has worked on yet is the one that asks too much; else it is the process. */
  private void onRefused(DeviceProcess process, Answer.Refused refused) {
    IsolatedRing ring = rings.get(refused.ring());
    if (isGone(refused.ring())) {
      return;
    }
    if (ring != null && !ring.started.isDone()) {
      ring.started.completeExceptionally(new ConfigException(refused.why()));
      remove(ring);
      proceed();
    } else {
      process.kill("it refused: " + refused.why());
    }
  }

  /** Whether a ring was closed, or refused, after something was asked for it. */
  private boolean isGone(int ring) {
    return ring != Answer.NO_RING && !rings.containsKey(ring);
  }

  /** Trials first, one ring after the other; then every ring; then one that stands by. */
  private void proceed() {
    if (staff.active() == null || !staff.active().isReady()) {
      return;
    }
    if (staff.isShort()) {
      if (relieve()) {
        return;
      } // else its work goes on until the one that relieves it is ready
    } else {
      staff.openAll();
    }
    List<IsolatedRing> able =
        rings.values().stream()
            .filter(ring -> !ring.hasFailed() && !ring.isStopping())
            .filter(staff.active()::hasOpen)
            .toList();
    for (IsolatedRing ring : able) {
      if (ring.needsTrial()) {
        launch(ring);
        return;
      }
    }
    able.forEach(this::launch);
    if (staff.isShort()) {
      return;
    }
    if (!plan.standby()) {
      staff.dismissStandby();
    } else if (allRunning()) {
      staff.prepare();
    }
  }

  /**
   * One with room for all rings takes over as soon as it can.
   *
   * @return whether that is under way
   */
  private boolean relieve() {
    staff.prepare();
    if (staff.hasGivenUp()) {
      staff.active().kill("none that has room for one ring more came up beside it");
      return true;
    }
    if (staff.standby() == null || !staff.standby().isReady()) {
      return false;
    }
    List<IsolatedRing> busy =
        rings.values().stream().filter(ring -> ring.phase() != Phase.IDLE).toList();
    if (busy.isEmpty()) {
      staff.dismissActive();
      startNow();
    } else {
      busy.forEach(this::stopKernel);
    }
    return true;
  }

  private void launch(IsolatedRing ring) {
    if (ring.phase() != Phase.IDLE) {
      return;
    }
    DeviceProcess asked = staff.active();
    asked.send(ring.launch());
    long epoch = ring.epoch();
    events.later(
        plan.startTime().toMillis(),
        () -> {
          if (staff.active() == asked && ring.epoch() == epoch && ring.phase() == Phase.ASKED) {
            asked.kill("it did not begin to work on a ring within " + plan.startTime());
          }
        });
  }

  private boolean allRunning() {
    return rings.values().stream()
        .allMatch(ring -> ring.phase() == Phase.RUNNING || ring.hasFailed());
  }

  // ---- processes

  private void startNow() {
    starting = false;
    if (!rings.values().stream().allMatch(IsolatedRing::hasFailed)) {
      staff.promote();
      proceed();
    }
  }

  private void onDeath(DeviceProcess process) {
    staff.gone(process);
    if (process == staff.standby()) {
      staff.standbyDied();
    } else if (process == staff.active()) {
      staff.lose();
      onDeathAtWork(process);
    }
  }

  private void onDeathAtWork(DeviceProcess process) {
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
    if (fruitful || killedAtRest || working && lasted) {
      patience.renew();
    } else {
      patience.tried();
    }
    List.copyOf(rings.values()).stream().filter(IsolatedRing::isStopping).forEach(this::remove);
    if (rings.isEmpty()) {
      patience.renew();
    } else if (patience.isOver()) {
      failAll(
          Patience.MOST_FRUITLESS
              + " device processes in a row ended without completing a message; the last: "
              + process.obituary());
    } else {
      startNext();
    }
  }

  private boolean allDone() {
    return rings.values().stream().allMatch(IsolatedRing::isDone);
  }

  private void startNext() {
    starting = true;
    long backoff = patience.backoffMillis();
    if (backoff == 0) {
      startNow();
    } else {
      events.later(backoff, this::startNow);
    }
  }

  private void failAll(String why) {
    patience.renew();
    staff.killAll("every ring has failed");
    List<IsolatedRing> all = List.copyOf(rings.values());
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
