package io.gpumq.trackb.isolation;

import io.gpumq.trackb.isolation.IsolatedRing.Phase;
import java.util.List;

/**
 * Gives the rings to the device process at work, and takes them from it; one that does not do as it
 * was told in time is killed. For the supervisor's thread.
 */
final class Work {
  private static final long STOP_MILLIS = 2_000;
  private static final long ANSWER_MILLIS = 1_000;

  private final ProcessPlan plan;
  private final Rings rings;
  private final Staff staff;
  private final Events events;
  private final Runnable startNext;

  /**
   * @param startNext puts the next in charge when none is any more
   */
  Work(ProcessPlan plan, Rings rings, Staff staff, Events events, Runnable startNext) {
    this.plan = plan;
    this.rings = rings;
    this.staff = staff;
    this.events = events;
    this.startNext = startNext;
  }

  /** Trials first, one ring after the other; then every ring; then one that stands by. */
  void proceed() {
    if (staff.active() == null || !staff.active().isReady()) {
      return;
    }
    if (staff.isShort() && relieve()) {
      return;
    } // else its work goes on until the one that relieves it is ready
    if (!staff.isShort()) {
      staff.openAll();
    }
    List<IsolatedRing> able =
        rings.live().stream()
            .filter(ring -> !ring.isStopping())
            .filter(staff.active()::hasOpen)
            .toList();
    for (IsolatedRing ring : able) {
      if (ring.needsTrial()) {
        Rings.each(List.of(ring), this::launch);
        return;
      }
    }
    Rings.each(able, this::launch);
    if (staff.isShort()) {
      return;
    }
    if (!plan.standby()) {
      staff.dismissStandby();
    } else if (rings.allRunning()) {
      staff.prepare();
    }
  }

  /**
   * One with room for all rings takes over as soon as it can. If none comes up, the rings are
   * refused that it was for; the others stay where they are.
   *
   * @return whether the one at work is about to be replaced
   */
  private boolean relieve() {
    staff.prepare();
    String trouble = staff.trouble();
    if (trouble != null) {
      rings.unstarted().stream()
          .filter(ring -> !staff.active().hasOpen(ring))
          .forEach(ring -> ring.fail("no device process has room for one ring more: " + trouble));
      staff.forgetTrouble();
      return false;
    }
    if (staff.standby() == null || !staff.standby().hasOpenAll()) {
      return false;
    }
    List<IsolatedRing> busy =
        rings.all().stream().filter(ring -> ring.phase() != Phase.IDLE).toList();
    if (busy.isEmpty()) {
      staff.dismissActive();
      startNext.run();
    } else {
      busy.forEach(this::stop);
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

  /** Asks for the end of the kernel that works on a ring. */
  void stop(IsolatedRing ring) {
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
  void askWhetherAlive(IsolatedRing ring, String why) {
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
}
