package io.gpumq.kernels;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.BatchRunner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** One batch in direct buffers, handled in parts of neighbouring messages, one a thread. */
final class HostBatchRunner implements BatchRunner {
  /** Payload bytes below which another thread costs more than it saves. */
  private static final int BYTES_WORTH_A_THREAD = 64 * 1024;

  private final int slotBytes;
  private final int resultBytes;
  private final ByteBuffer payloads;
  private final ByteBuffer results;
  private final ByteBuffer payloadsView;
  private final ByteBuffer resultsView;
  private final int[] lengths;
  private final int[] errors;
  private final Part[] parts;
  private final List<Future<?>> helping = new ArrayList<>();
  private final ExecutorService helpers;
  private Throwable fault;

  HostBatchRunner(
      HandlerSpec spec, int slotBytes, int capacity, ExecutorService helpers, int threads) {
    this.slotBytes = slotBytes;
    this.resultBytes = spec.resultBytes();
    long widest = Math.max(slotBytes, resultBytes);
    if (slotBytes < 1 || capacity < 1 || widest * capacity > Integer.MAX_VALUE) {
      throw new ConfigException(
          "slot-bytes "
              + slotBytes
              + ", batch "
              + capacity
              + ": each must be at least 1, their product at most "
              + Integer.MAX_VALUE);
    }
    this.payloads = ByteBuffer.allocateDirect(slotBytes * capacity);
    this.results = ByteBuffer.allocateDirect(resultBytes * capacity);
    this.payloadsView = payloads.asReadOnlyBuffer();
    this.resultsView = results.asReadOnlyBuffer();
    this.lengths = new int[capacity];
    this.errors = new int[capacity];
    this.helpers = helpers;
    this.parts = new Part[threads];
    for (int i = 0; i < threads; i++) {
      parts[i] = new Part(spec.newHostHandler());
    }
  }

  @Override
  public int capacity() {
    return lengths.length;
  }

  @Override
  public void put(int index, byte[] payload) {
    Objects.checkIndex(index, lengths.length);
    if (payload.length > slotBytes) {
      throw new PayloadTooLargeException(
          "payload of " + payload.length + " bytes: must be at most " + slotBytes);
    }
    payloads.put(index * slotBytes, payload);
    lengths[index] = payload.length;
  }

  @Override
  public void run(int count, int attempt) {
    Objects.checkFromIndexSize(0, count, lengths.length);
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
    int worth = 1 + (int) ((long) count * slotBytes / BYTES_WORTH_A_THREAD);
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

  @Override
  public int error(int index) {
    return errors[index];
  }

  @Override
  public ByteBuffer payload(int index) {
    return payloadsView.slice(index * slotBytes, lengths[index]);
  }

  @Override
  public ByteBuffer result(int index) {
    return resultsView.slice(index * resultBytes, resultBytes);
  }

  /** The buffers go with the last view of them. */
  @Override
  public void close() {}

  /** Handles some of the batch's messages with a handler and views of its own. */
  private final class Part implements Runnable {
    private final HostHandler handler;
    private final ByteBuffer payload = payloads.duplicate();
    private final ByteBuffer result = results.duplicate();
    private int begin;
    private int end;
    private int attempt;

    Part(HostHandler handler) {
      this.handler = handler;
    }

    @Override
    public void run() {
      for (int i = begin; i < end; i++) {
        payload.limit(i * slotBytes + lengths[i]).position(i * slotBytes);
        result.limit((i + 1) * resultBytes).position(i * resultBytes);
        errors[i] = handler.handle(payload, result, attempt);
      }
    }
  }
}
