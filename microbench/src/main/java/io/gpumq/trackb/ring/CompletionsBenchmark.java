package io.gpumq.trackb.ring;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.microbench.PerMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading completion words that are all there. */
@State(Scope.Thread)
public class CompletionsBenchmark extends PerMessage {
  private static final int CAPACITY = 1 << 16;

  /** What one call of advance looks at, where there is so much. */
  private static final int STEP = 8192;

  private RingGeometry geometry;
  private SharedFile file;
  private Express express;
  private Completions completions;
  private long written;

  @Setup
  public void open() {
    QueueConfig config = QueueConfig.named("microbench").capacity(CAPACITY).build();
    geometry = RingGeometry.of(config, HandlerSpec.parse(config.handler()), 0);
    file = SharedFile.create(config.name(), geometry);
    express = new Express(file, geometry);
    while (written < CAPACITY) {
      complete(written++);
    }
    restart();
  }

  @TearDown
  public void close() {
    file.close();
  }

  private void complete(long sequence) {
    PlayedDevice.complete(
        file.completions(), CAPACITY - 1, sequence, 256, RingLayout.STATUS_OK, true);
  }

  private void restart() {
    completions = new Completions(file, geometry, express, (sequence, word) -> false);
  }

  /** The watermark over a backlog. */
  @Benchmark
  @OperationsPerInvocation(STEP)
  public long advance() {
    if (completions.completed() == CAPACITY) {
      restart();
    }
    return completions.advance();
  }

  /** What the played device adds to {@link TurnBenchmark}: one completion word. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void playedWord() {
    for (int i = 0; i < MESSAGES; i++) {
      complete(written++);
    }
  }
}
