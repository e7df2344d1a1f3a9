package io.gpumq.trackb.isolation;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.isolation.IsolatedRing.Phase;
import io.gpumq.trackb.spi.Backend;
import java.util.List;

/**
 * Keeps a device process at work on the rings of a track. Whatever happens is one event after the
 * other on the thread {@code gpumq-supervisor}.
 *
 * <p>A process that died is followed by the next at once, unless it achieved nothing in its short
 * life: then after a while that doubles each time, and after {@value Patience#MOST_FRUITLESS} in a
 * row every ring fails. One that has no room for a new ring is followed by one that has, when that
 * is ready: every kernel ends, and goes on there.
 *
 * <p>What cannot be had costs the ring that asked for it, never the others: a new ring fails alone
 * when there is no room for it or no process can be started, and so does one that no process can
 * open any more.
 */
final class Supervisor {
  private static final Log LOG = Log.of(Supervisor.class);

  private final ProcessPlan plan;
  private final Events events = new Events("gpumq-supervisor", this::onFailedEvent);
  private final Rings rings = new Rings();

  /** With processes at work that achieve nothing. */
  private final Patience patience = new Patience();

  /** With a system that lets none be started. */
  private final Patience startPatience;

  private final Staff staff;
  private final Work work;
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

  Supervisor(ProcessPlan plan, Backend backend) {
    this.plan = plan;
    this.startPatience = new Patience(plan.startTime());
    this.staff = new Staff(plan, backend, rings, events, listener, this::proceed);
    this.work = new Work(plan, rings, staff, events, this::startNow);
  }

  private void proceed() {
    work.proceed();
  }

  // ---- from any thread

  /** The process at work, or 0. */
  long pid() {
    return staff.pid();
  }

  /** So many rings more are about to be started. */
  void expect(int more) {
    events.post(() -> rings.expect(more));
  }

  /**
   * Waits until a device process works on a new ring.
   *
   * @throws ConfigException if the device cannot
   * @throws TrackFailedException if none comes to work
   */
  void start(IsolatedRing ring) {
    if (!events.post(() -> Rings.each(List.of(ring), this::add))) {
      throw new TrackFailedException("the track is closed");
    }
    Events.await(ring.started);
  }

  /** Waits until none works on a ring any more. */
  void stop(IsolatedRing ring) {
    if (events.post(() -> end(ring))) {
      Events.await(ring.stopped);
    } else {
      events.awaitEnd(); // then every process has ended
    }
  }

  /** A ring's handler hangs, as seen in an epoch of the ring. */
  void hung(IsolatedRing ring, String why, long epoch) {
    events.post(
        () -> {
          if (ring.epoch() == epoch && ring.phase() == Phase.RUNNING && staff.active() != null) {
            work.askWhetherAlive(ring, why);
          }
        });
  }

  /** Ends the processes. A ring that is left fails. */
  void close() {
    events.close(
        () -> {
          Steps steps = new Steps().run(staff::end);
          for (IsolatedRing ring : rings.all()) {
            steps
                .run(() -> ring.fail("the track is closed"))
                .run(() -> ring.stopped.complete(null));
          }
          steps.finish();
        });
  }

  // ---- events

  /** An event that failed leaves the rings in no known state. */
  private void onFailedEvent(Throwable e) {
    LOG.error("the supervisor of the device process failed", e);
    failAll(e instanceof TrackFailedException ? e.getMessage() : "no device process: " + e);
  }

  private void add(IsolatedRing ring) {
    if (staff.isFull()) {
      ring.fail(new ConfigException(staff.full()));
      return;
    }
    rings.add(ring);
    if (staff.isShort()) {
      staff.forgetTrouble(); // of a standby for less: this ring is worth as many tries
    }
    if (staff.active() == null && !starting) {
      startNow();
    } else {
      staff.openAll();
      proceed();
    }
  }

  /** A ring that never came to work ends as any other. */
  private void end(IsolatedRing ring) {
    ring.askedToStop();
    if (staff.active() == null || ring.phase() == Phase.IDLE) {
      remove(ring);
      proceed();
    } else {
      work.stop(ring);
    }
  }

  private void remove(IsolatedRing ring) {
    try {
      if (rings.remove(ring)) {
        Rings.each(List.of(ring), left -> closedFruitfully |= left.hasProgressed());
        staff.close(ring);
      }
    } finally {
      ring.stopped.complete(null); // the last: then its memory goes
    }
  }

  private void onAnswer(DeviceProcess process, Answer answer) {
    if (answer instanceof Answer.Opened opened) {
      process.hasOpened(opened.ring());
    }
    if (process == staff.standby()) {
      onAnswerOfStandby(process, answer);
    } else if (process == staff.active()) {
      onAnswerAtWork(process, answer);
    }
  }

  private void onAnswerOfStandby(DeviceProcess process, Answer answer) {
    if (answer instanceof Answer.Refused refused) {
      if (!isGone(refused.ring())) {
        process.kill("it refused: " + refused.why());
      }
    } else if (process.hasOpenAll()) {
      staff.standbyIsReady();
      proceed();
    }
  }

  private void onAnswerAtWork(DeviceProcess process, Answer answer) {
    if (answer instanceof Answer.Ready || answer instanceof Answer.Opened) {
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

  /** A ring that cannot be opened or launched is the one that asks too much; else it is all. */
  private void onRefused(DeviceProcess process, Answer.Refused refused) {
    IsolatedRing ring = rings.get(refused.ring());
    if (isGone(refused.ring())) {
      return;
    }
    if (ring == null || ring.phase() == Phase.RUNNING || ring.phase() == Phase.ENDING) {
      process.kill("it refused: " + refused.why());
      return;
    }
    process.close(ring);
    if (!ring.wasStarted()) {
      ring.fail(new ConfigException(refused.why()));
    } else {
      LOG.warning("a ring waits, since a device process refused: " + refused.why());
      long millis = ring.refused();
      if (millis < 0) {
        ring.fail(
            Patience.MOST_FRUITLESS
                + " times in a row a device process refused to work on it; the last time: "
                + refused.why());
      } else {
        events.later(millis, this::proceed);
      }
    }
    if (ring.isStopping()) {
      remove(ring);
    }
    proceed();
  }

  /** Whether a ring was closed, or refused, after something was asked for it. */
  private boolean isGone(int ring) {
    return ring != Answer.NO_RING && rings.get(ring) == null;
  }

  // ---- processes

  private void startNow() {
    starting = false;
    if (rings.live().isEmpty()) {
      return;
    }
    try {
      staff.promote();
    } catch (TrackFailedException e) {
      onFailedStart(e.getMessage());
      return;
    }
    startPatience.renew();
    proceed();
  }

  /** The messages of the rings that were at work are where they were: they can wait. */
  private void onFailedStart(String why) {
    rings.unstarted().forEach(ring -> ring.fail(why));
    if (rings.live().isEmpty()) {
      return;
    }
    LOG.warning("the queues wait: " + why);
    startPatience.tried();
    if (startPatience.isOver()) {
      startPatience.renew();
      failAll(why + ", for " + plan.startTime());
    } else {
      startLater(startPatience.backoffMillis());
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
    LOG.warning("the device process at work ended: " + process.obituary());
    boolean working = rings.count() > 0 && rings.allRunning();
    Rings.each(
        rings.all(),
        ring -> {
          if (ring.phase() != Phase.IDLE) {
            ring.idle();
          }
          String broken = ring.brokenness();
          if (broken != null) {
            ring.fail(broken);
          }
        });
    boolean fruitful = Trials.afterDeath(process, rings.live()) || closedFruitfully;
    closedFruitfully = false;
    boolean killedAtRest = working && !process.diedOfItsWork() && rings.allDone();
    boolean lasted = process.age().compareTo(plan.startTime()) > 0;
    if (fruitful || killedAtRest || working && lasted) {
      patience.renew();
    } else {
      patience.tried();
    }
    rings.all().stream().filter(IsolatedRing::isStopping).forEach(this::remove);
    if (rings.count() == 0) {
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

  private void startNext() {
    long backoff = patience.backoffMillis();
    if (backoff == 0) {
      startNow();
    } else {
      startLater(backoff);
    }
  }

  private void startLater(long millis) {
    events.later(millis, this::startNow);
    starting = true; // behind what ends it, which may fail
  }

  private void failAll(String why) {
    patience.renew();
    Steps steps = new Steps().run(() -> staff.killAll("every ring has failed"));
    for (IsolatedRing ring : rings.all()) {
      steps.run(() -> ring.fail(why));
      if (ring.phase() != Phase.IDLE) {
        ring.idle();
      }
      if (ring.isStopping()) {
        steps.run(() -> remove(ring));
      }
    }
    steps.finish();
  }
}
