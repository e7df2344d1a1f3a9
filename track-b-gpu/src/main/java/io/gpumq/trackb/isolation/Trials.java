package io.gpumq.trackb.isolation;

import static io.gpumq.kernels.LinkLayout.MOST_TRIES;

import io.gpumq.trackb.link.Recovery;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the message that kills the device. Those that a device was at work on when it died are
 * suspects, of all rings together; the next device handles them one at a time, so that the next
 * death has one suspect alone.
 */
final class Trials {
  private Trials() {}

  /**
   * Brings the rings in order.
   *
   * @return whether there was progress: a message was completed since the last death, or is nearer
   *     to being condemned
   */
  static boolean afterDeath(DeviceProcess process, List<IsolatedRing> rings) {
    Map<IsolatedRing, Recovery.Remains> left = new LinkedHashMap<>();
    Set<IsolatedRing> progressed = new HashSet<>();
    Rings.each(
        rings,
        ring -> {
          if (ring.hasProgressed()) {
            progressed.add(ring);
          }
          left.put(ring, ring.remains());
        });
    int suspects = left.values().stream().mapToInt(remains -> remains.suspects().size()).sum();
    boolean alone = suspects == 1 && process.diedOfItsWork();
    Rings.each(
        List.copyOf(left.keySet()),
        ring -> restore(ring, left.get(ring), alone, process.obituary()));
    return !progressed.isEmpty() || suspects > 0;
  }

  private static void restore(
      IsolatedRing ring, Recovery.Remains remains, boolean alone, String obituary) {
    Set<Long> condemned = new HashSet<>();
    for (long sequence : remains.suspects()) {
      int attempts = remains.attempts(sequence);
      if (alone && attempts >= ring.maxTries() || attempts >= MOST_TRIES) {
        condemned.add(sequence);
        ring.condemn(sequence, obituary);
      } else {
        ring.tryTo(sequence + 1);
      }
    }
    remains.restore(condemned::contains);
  }
}
