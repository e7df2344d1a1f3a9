package io.gpumq.trackb.isolation;

import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.ring.RingBackend;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The device processes of a track: one at work, one that stands by, and those on their way out. For
 * the supervisor's thread, but for {@link #pid}.
 */
final class Staff {
  /** Rings that a process has room for at least. */
  private static final int LEAST_ROOM = 4;

  private static final System.Logger LOG = System.getLogger(Staff.class.getName());

  private final ProcessPlan plan;
  private final RingBackend backend;
  private final Collection<IsolatedRing> rings;
  private final Events events;
  private final DeviceProcess.Listener listener;
  private final Patience patience = new Patience();

  /** Replaced, and not ended yet. */
  private final Set<DeviceProcess> leaving = new HashSet<>();

  private DeviceProcess active;
  private DeviceProcess standby;
  private boolean pausing;
  private volatile long pid;

  /**
   * @param rings those of the track, whichever they are at the time
   * @param events of the supervisor
   */
  Staff(
      ProcessPlan plan,
      RingBackend backend,
      Collection<IsolatedRing> rings,
      Events events,
      DeviceProcess.Listener listener) {
    this.plan = plan;
    this.backend = backend;
    this.rings = rings;
    this.events = events;
    this.listener = listener;
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
    return active != null && active.room() < rings.size();
  }

  /** Opens a ring in those that have room for it; the next have all open from their start. */
  void open(IsolatedRing ring) {
    for (DeviceProcess process : present()) {
      if (process.room() >= rings.size()) {
        process.send(ring.open());
      }
    }
  }

  void close(IsolatedRing ring) {
    for (DeviceProcess process : present()) {
      process.send(new Command.Close(ring.number()));
    }
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
    if (standby == null && !pausing && !patience.isOver()) {
      try {
        standby = spawn();
      } catch (TrackFailedException e) {
        LOG.log(Level.WARNING, "none stands by", e);
        patience.tried();
      }
    }
  }

  /** Whether none will stand by any more: too many did not come up. */
  boolean hasGivenUp() {
    return patience.isOver();
  }

  void standbyIsReady() {
    patience.renew();
  }

  /**
   * The one that stood by has ended.
   *
   * @param next is run when it is time for another
   */
  void standbyDied(Runnable next) {
    LOG.log(Level.WARNING, "the device process that stood by ended: {0}", standby.obituary());
    standby = null;
    patience.tried();
    pausing = true;
    events.later(
        patience.backoffMillis(),
        () -> {
          pausing = false;
          next.run();
        });
  }

  /** The one at work has no kernel any more, and leaves. */
  void dismissActive() {
    dismiss(active);
    active = null;
    pid = 0;
  }

  /** The one at work has died, even if it has not ended yet. */
  void lose() {
    leaving.add(active);
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
    present().forEach(DeviceProcess::end);
    leaving.forEach(DeviceProcess::end);
  }

  private void dismissSmallStandby() {
    if (standby != null && standby.room() < rings.size()) {
      dismiss(standby);
      standby = null;
    }
  }

  /** Closed rings first: what is open at the end of a process's commands it takes for orphaned. */
  private void dismiss(DeviceProcess process) {
    for (IsolatedRing ring : rings) {
      process.send(new Command.Close(ring.number()));
    }
    process.endCommands();
    leaving.add(process);
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

  /** With room for twice as many rings whenever there was too little. */
  private DeviceProcess spawn() {
    int room = Math.max(LEAST_ROOM, Integer.highestOneBit(2 * rings.size() - 1));
    try {
      DeviceProcess process = DeviceProcess.start(plan, room, backend.environment(room), listener);
      for (IsolatedRing ring : rings) {
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
}
