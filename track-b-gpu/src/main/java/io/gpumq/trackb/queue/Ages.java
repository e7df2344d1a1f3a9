package io.gpumq.trackb.queue;

import io.gpumq.spi.Deadline;
import java.time.Duration;

/**
 * How far a lane had come at some times of the past: so that it is known which of its messages are
 * older than an age, and nothing is read from the device for that. For the holder of the lock of
 * the lane's groups.
 */
final class Ages {
  /** So many times are kept: a message goes by a part of the age too late. */
  private static final int TIMES = 64;

  private final long ageNanos;
  private final long[] times = new long[TIMES];
  private final long[] sequences = new long[TIMES];
  private int first;
  private int count;
  private long over = Long.MIN_VALUE;

  Ages(Duration age) {
    ageNanos = Deadline.nanos(age);
  }

  /** Every message that was claimed by now lies below a sequence. */
  void note(long claimed, long nowNanos) {
    while (count > 0 && nowNanos - times[first] >= ageNanos) {
      over = sequences[first];
      first = first + 1 & TIMES - 1;
      count--;
    }
    int last = first + count - 1 & TIMES - 1;
    long newest = count == 0 ? over : sequences[last];
    boolean isTime = count == 0 || nowNanos - times[last] >= ageNanos / TIMES;
    if (claimed > newest && isTime && count < TIMES) {
      int next = first + count++ & TIMES - 1;
      times[next] = nowNanos;
      sequences[next] = claimed;
    }
  }

  /** Every message below is older. */
  long over() {
    return over;
  }
}
