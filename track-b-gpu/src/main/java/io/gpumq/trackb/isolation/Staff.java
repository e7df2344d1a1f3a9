package io.gpumq.trackb.isolation;

import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.spi.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The device processes of a track: one at work, one that stands by, and those on their way out. For
 * the supervisor's thread, but for {@link #pid}.
 */
final class Staff {
  /** How long one on its way out may take: a GPU's driver has seconds of work with some. */
  private static final long LEAVE_MILLIS = 10_000;

  private static final Log LOG = Log.of(Staff.class);

  private final ProcessPlan plan;
  private final Backend backend;
  private final Rings rings;
  private final Events events;
  private final DeviceProcess.Listener listener;
  private final Runnable again;
  private final Patience patience = new Patience();

  /** Replaced, and not ended yet. */
  private final Set<DeviceProcess> leaving = new HashSet<>();

  private DeviceProcess active;
  private DeviceProcess standby;
  private boolean pausing;

  /** Why the last that was to stand by came to nothing. */
  private String trouble;

  private volatile long pid;

  /**
   * @param rings those of the track, whichever they are at the time
   * @param events of the supervisor
   * @param again is run when it is time to prepare another one after one that did not come up
   */
  Staff(
      ProcessPlan plan,
      Backend backend,
      Rings rings,
      Events events,
      DeviceProcess.Listener listener,
      Runnable again) {
    this.plan = plan;
    this.backend = backend;
    this.rings = rings;
    this.events = events;
    this.listener = listener;
    this.again = again;
  }

  /** The one at work, or {@code null}. */
  DeviceProcess active() {
    return active;
  }

  /** The one that stands by, or {@code null}. */
  DeviceProcess standby() {
    return standby;
  }

  /** Of the process at work, or 0. From any thread. */
  long pid() {
    return pid;
  }

  /** Whether the one at work has no room for all rings. */
  boolean isShort() {
    return active != null && active.room() < rings.count();
  }

  /** Whether no process has room for one ring more. */
  boolean isFull() {
    return rings.count() >= backend.mostRings();
  }

  /** What to say then. */
  String full() {
    return "all "
        + backend.mostRings()
        + " rings that a device process on "
        + backend.name()
        + " has room for are in use: one for reads, and one for each lane's number of each class of"
        + " queues (handler, attempts, time limit, payloads up to 512, 8,192 or more bytes); close"
        + " queues of a class of their own, or open them with fewer lanes";
  }

  /** Opens every ring in those that have room for all. */
  void openAll() {
    for (DeviceProcess process : present()) {
      if (process.room() >= rings.count()) {
        openAll(process);
      }
    }
  }

  private void openAll(DeviceProcess process) {
    List<IsolatedRing> wanted =
        rings.live().stream().filter(ring -> !ring.isPausing() && !ring.isStopping()).toList();
    Rings.each(wanted, ring -> open(process, ring));
  }

  private void open(DeviceProcess process, IsolatedRing ring) {
    if (process.open(ring)) {
      events.later(
          plan.startTime().toMillis(),
          () -> {
            if (process.isReady() && process.owes(ring)) {
              process.kill("it did not open a ring within " + plan.startTime());
            }
          });
    }
  }

  void close(IsolatedRing ring) {
    present().forEach(process -> process.close(ring));
  }

  /**
   * Puts in charge the one that stands by, or a new one.
   *
   * @throws TrackFailedException if none can be started
   */
  void promote() {
    dismissSmallStandby();
    active = standby != null ? standby : spawn();
    standby = null;
    pid = active.pid();
  }

  /** Sees to it that one stands by, which has room for all rings. */
  void prepare() {
    dismissSmallStandby();
    if (standby == null && !pausing) {
      try {
        standby = spawn();
      } catch (TrackFailedException e) {
        pause(e.getMessage());
      }
    }
  }

  private void pause(String why) {
    if (!why.equals(trouble)) { // once, however often it is tried
      LOG.warning("none stands by: " + why);
    }
    trouble = why;
    patience.tried();
    events.later(
        patience.backoffMillis(),
        () -> {
          pausing = false;
          again.run();
        });
    pausing = true; // behind what ends it, which may fail
  }

  /** Returns why too many in a row that were to stand by came to nothing, or {@code null}. */
  String trouble() {
    return patience.isOver() ? trouble : null;
  }

  /** Begins to count anew: a ring that asks for more room gets all tries. */
  void forgetTrouble() {
    patience.renew();
    pausing = false;
  }

  void standbyIsReady() {
    trouble = null;
    patience.renew();
  }

  void standbyDied() {
    String why = standby.obituary();
    standby = null;
    pause(why);
  }

  void dismissStandby() {
    if (standby != null) {
      dismiss(standby);
      standby = null;
    }
  }

  /** The one at work has no kernel any more, and leaves. */
  void dismissActive() {
    dismiss(active);
    active = null;
    pid = 0;
  }

  /** The one at work has died, and is about to end by itself. */
  void letLinger() {
    leave(active);
    lose();
  }

  /** The one at work has died. */
  void lose() {
    active = null;
    pid = 0;
  }

  /** It has ended. */
  void gone(DeviceProcess process) {
    leaving.remove(process);
  }

  void killAll(String why) {
    present().forEach(process -> process.kill(why));
    active = null;
    standby = null;
    pid = 0;
  }

  /** Lets all of them end, and waits for it. */
  void end() {
    pid = 0;
    Steps steps = new Steps();
    present().forEach(process -> steps.run(process::end));
    leaving.forEach(process -> steps.run(process::end));
    steps.finish();
  }

  private void dismissSmallStandby() {
    if (standby != null && standby.room() < rings.count()) {
      dismissStandby();
    }
  }

  /** Closed rings first: what is open at the end of a process's commands it takes for orphaned. */
  private void dismiss(DeviceProcess process) {
    rings.all().forEach(process::close);
    process.endCommands();
    leave(process);
  }

  private void leave(DeviceProcess process) {
    leaving.add(process);
    events.later(
        LEAVE_MILLIS,
        () -> {
          if (leaving.contains(process)) {
            process.kill("it did not end by itself");
          }
        });
  }

  private List<DeviceProcess> present() {
    List<DeviceProcess> present = new ArrayList<>();
    if (active != null) {
      present.add(active);
    }
    if (standby != null) {
      present.add(standby);
    }
    return present;
  }

  /**
   * With room for the widest queue, and for twice as many rings whenever there was too little.
   *
   * @throws TrackFailedException if none can be started, for whatever reason
   */
  private DeviceProcess spawn() {
    DeviceProcess process;
    try {
      int wanted = Math.max(rings.expected(), rings.count());
      int room = Math.min(Integer.highestOneBit(2 * wanted - 1), backend.mostRings());
      process = DeviceProcess.start(plan, room, backend.environment(room), listener);
    } catch (IOException | RuntimeException | Error e) {
      throw new TrackFailedException("no device process can be started: " + Answer.why(e), e);
    }
    try {
      openAll(process);
      events.later(
          plan.startTime().toMillis(),
          () -> {
            if (!process.isReady()) {
              process.kill("it was not ready within " + plan.startTime());
            }
          });
      return process;
    } catch (Throwable e) {
      process.kill("nobody would hear of it");
      throw e;
    }
  }
}
