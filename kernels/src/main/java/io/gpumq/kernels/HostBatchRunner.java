package io.gpumq.kernels;

import io.gpumq.api.TrackFailedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** A batch handled in parts of neighbouring messages, one a thread. */
final class HostBatchRunner extends PackedBatch {
  /** Payload bytes below which another thread costs more than it saves. */
  private static final int BYTES_WORTH_A_THREAD = 64 * 1024;

  private final Part[] parts;
  private final List<Future<?>> helping = new ArrayList<>();
  private final ExecutorService helpers;
  private Throwable fault;

  HostBatchRunner(
      HandlerSpec spec, int maxPayloadBytes, int capacity, ExecutorService helpers, int threads) {
    super(spec, maxPayloadBytes, capacity, false);
    this.helpers = helpers;
    this.parts = new Part[threads];
    for (int i = 0; i < threads; i++) {
      parts[i] = new Part(spec.newHostHandler());
    }
  }

  @Override
  public void run(int count, int attempt) {
    Objects.checkFromIndexSize(0, count, capacity());
    if (fault != null) {
      throw failed();
    }
    try {
      runParts(count, attempt);
    } catch (HandlerFault | RejectedExecutionException e) {
      fault = e;
    } catch (ExecutionException e) {
      fault = e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fault = e;
    } finally {
      helping.forEach(part -> part.cancel(true));
      helping.clear();
    }
    if (fault != null) {
      throw failed();
    }
  }

  /** The first part is the caller's own. */
  private void runParts(int count, int attempt) throws ExecutionException, InterruptedException {
    if (helpers.isShutdown()) {
      throw new RejectedExecutionException("it is closed");
    }
    int worth = 1 + (int) ((long) count * strideBytes() / BYTES_WORTH_A_THREAD);
    int used = Math.min(parts.length, worth);
    for (int i = 0; i < used; i++) {
      parts[i].begin = (int) ((long) count * i / used);
      parts[i].end = (int) ((long) count * (i + 1) / used);
      parts[i].attempt = attempt;
    }
    for (int i = 1; i < used; i++) {
      helping.add(helpers.submit(parts[i]));
    }
    parts[0].run();
    for (Future<?> part : helping) {
      part.get();
    }
  }

  private TrackFailedException failed() {
    return new TrackFailedException(
        "device " + HostBatchDevice.NAME + " has failed: " + fault, fault);
  }

  /** Holds nothing but the batch's memory, which goes with the last view of it. */
  @Override
  public void close() {}

  /** Handles some of the batch's messages with a handler and views of its own. */
  private final class Part implements Runnable {
    private final HostHandler handler;
    private final ByteBuffer payload = payloads().duplicate();
    private final ByteBuffer result = results().duplicate();
    private int begin;
    private int end;
    private int attempt;

    Part(HostHandler handler) {
      this.handler = handler;
    }

    @Override
    public void run() {
      for (int i = begin; i < end; i++) {
        int from = i * strideBytes();
        int into = i * resultStrideBytes();
        payload.limit(from + length(i)).position(from);
        result.limit(into + resultBytes()).position(into);
        errors().putInt(i * Integer.BYTES, handler.handle(payload, result, attempt));
      }
    }
  }
}
