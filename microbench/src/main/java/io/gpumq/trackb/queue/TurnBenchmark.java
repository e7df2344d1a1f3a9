package io.gpumq.trackb.queue;

import io.gpumq.microbench.PerMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** All that the host does for a message, through the API, on one thread. */
@State(Scope.Thread)
public class TurnBenchmark extends PerMessage {
  /** Messages of one send, and of one poll. */
  @Param({"1", "64", "256"})
  int batch;

  private PlayedQueue played;

  @Setup
  public void open() {
    played = new PlayedQueue(256);
  }

  @TearDown
  public void close() {
    played.close();
  }

  /** Write 256 bytes, claim, publish, complete (played), poll, look, acknowledge. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long turn() {
    long sum = 0;
    for (int done = 0; done < MESSAGES; done += batch) {
      sum += played.turn(batch);
    }
    return sum;
  }
}
