package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.LargeArea;
import io.gpumq.trackb.log.SegmentReads;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;

/** Reads by the ring for reads of a track, or by the copy engine while nothing works on that. */
final class RingReading implements Reading {
  private final Rings rings;
  private final Copier copier;
  private final Backoff backoff = new Backoff();

  /** Kept until another takes its place, or the end. */
  private OpenReads reads;

  private Fetch fetch;

  RingReading(Rings rings, Copier copier) {
    this.rings = rings;
    this.copier = copier;
  }

  @Override
  public void begin() {
    OpenReads now = rings.reads();
    if (now == reads) {
      return;
    }
    if (!now.ring().tryHold()) {
      throw new TrackFailedException("the ring for reads is closed");
    }
    try {
      fetch = new Fetch(now.ring().ring(), now.ring().window());
    } catch (Throwable e) {
      Steps.undo(e, now.ring()::letGo);
      throw e;
    }
    close();
    reads = now;
  }

  @Override
  public SegmentReads areas() {
    return reads.ring().isAway() ? null : reads.areas();
  }

  @Override
  public LargeArea large() {
    return copier.largeArea();
  }

  @Override
  public ByteBuffer window() {
    return reads.ring().window();
  }

  @Override
  public Runnable alive() {
    return reads.alive();
  }

  @Override
  public void fetch(Fetch.Wanted wanted) {
    backoff.reset();
    for (int done = 0; done < wanted.count(); ) {
      int bytes = wanted.units(done) * UNIT;
      if (bytes > fetch.mostBytes() || reads.ring().isAway()) {
        copier.read(wanted.place(done), bytes, wanted.memory(done), wanted.target(done));
        done++;
        continue;
      }
      int more = fetch.read(wanted, done, reads.alive());
      done += more;
      if (more > 0) {
        backoff.reset();
      } else {
        backoff.pause(); // others read by all that there is, or some was lost
      }
    }
  }

  @Override
  public void close() {
    if (reads != null) {
      reads.ring().letGo();
      reads = null;
    }
  }
}
