package io.gpumq.trackb.ring;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import io.gpumq.microbench.PerMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Claiming and publishing, with nothing written; and how much of it is the Disruptor's own. */
@State(Scope.Thread)
public class ClaimBenchmark extends PerMessage {
  /** Messages of one claim. */
  @Param({"1", "256"})
  int batch;

  private FreeRing ring;
  private RingBuffer<Object> bare;
  private final Sequence bareGate = new Sequence();
  private RingBuffer<Object> polled;
  private EventPoller<Object> poller;
  private long head;

  @Setup
  public void open() {
    ring = new FreeRing(256);
    bare = newRing();
    bare.addGatingSequences(bareGate);
    polled = newRing();
    poller = polled.newPoller();
    polled.addGatingSequences(poller.getSequence());
  }

  private RingBuffer<Object> newRing() {
    return RingBuffer.createMultiProducer(
        Object::new, ring.geometry.ingressSlots(), new BusySpinWaitStrategy());
  }

  @TearDown
  public void close() {
    ring.close();
  }

  /** Claim, publish, feed. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void claimPublish() {
    for (int sent = 0; sent < MESSAGES; sent += batch) {
      long last = ring.ingress.tryClaim(batch);
      ring.ingress.publish(last - batch + 1, last);
    }
    ring.open();
  }

  /** Claim and publish on a Disruptor's ring as it is. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void disruptor() throws InsufficientCapacityException {
    for (int sent = 0; sent < MESSAGES; sent += batch) {
      long last = bare.tryNext(batch);
      bare.publish(last - batch + 1, last);
      bareGate.set(last);
    }
  }

  /** The same, and a poller that looks at each. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long disruptorPolled() throws Exception {
    for (int sent = 0; sent < MESSAGES; sent += batch) {
      long last = polled.tryNext(batch);
      polled.publish(last - batch + 1, last);
      poller.poll(
          (event, sequence, endOfBatch) -> {
            if (endOfBatch) {
              head = sequence + 1;
            }
            return true;
          });
    }
    return head;
  }
}
