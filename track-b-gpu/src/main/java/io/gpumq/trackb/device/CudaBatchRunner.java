package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.PackedBatch;
import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;

/**
 * A batch in pinned memory, and its twin in VRAM: one launch a run. A handler that never returns
 * keeps {@link #run}, its stream, and the GPU, until this process ends.
 */
final class CudaBatchRunner extends PackedBatch {
  private static final Log LOG = Log.of(CudaBatchRunner.class);

  private static final int BLOCK_THREADS = 256;

  /** The kernel's parameters, as {@code batch.cuh} names them, and where each lies among ours. */
  private static final int PAYLOADS = 0;

  private static final int STRIDE = 8;
  private static final int LENGTHS = 16;
  private static final int RESULTS = 24;
  private static final int RESULT_STRIDE = 32;
  private static final int ERRORS = 40;
  private static final int COUNT = 48;
  private static final int ATTEMPT = 52;
  private static final int HANDLER_PARAMS = 56;
  private static final int PARAMS_BYTES = HANDLER_PARAMS + HandlerSpec.PARAMS * Long.BYTES;
  private static final int[] PARAM_OFFSETS = {
    PAYLOADS, STRIDE, LENGTHS, RESULTS, RESULT_STRIDE, ERRORS, COUNT, ATTEMPT, HANDLER_PARAMS
  };

  private final CudaContext context;
  private final Consumer<CudaBatchRunner> onClose;
  private final HandlerSpec handler;
  private final CUfunction kernel;
  private final BatchStreams streams;
  private final List<ByteBuffer> pinned = new ArrayList<>();
  private final Pointer payloads = Pointer.to(payloads());
  private final Pointer lengths = Pointer.to(lengths());
  private final Pointer results = Pointer.to(results());
  private final Pointer errors = Pointer.to(errors());
  private final Pointer returned = Pointer.to(returned());
  private final ByteBuffer params =
      ByteBuffer.allocateDirect(PARAMS_BYTES).order(ByteOrder.nativeOrder());
  private final Pointer kernelParams;

  /** The four blocks in VRAM, one after the other: whole pages, so that each is aligned. */
  private Address vram;

  private CUdeviceptr vramLengths;
  private CUdeviceptr vramResults;
  private CUdeviceptr vramErrors;

  /** The stream that this is at work in. */
  private CUstream stream;

  private TrackFailedException failure;
  private boolean closed;

  /**
   * @param onClose is told of the first {@link #close()}
   * @throws TrackFailedException if the driver refuses: there is no room, or the GPU is lost
   * @throws io.gpumq.api.ConfigException if no connection is free for a first stream
   */
  CudaBatchRunner(
      CudaContext context,
      BatchStreams streams,
      HandlerSpec handler,
      int maxPayloadBytes,
      int capacity,
      Consumer<CudaBatchRunner> onClose) {
    super(handler, maxPayloadBytes, capacity, true);
    this.context = context;
    this.streams = streams;
    this.onClose = onClose;
    this.handler = handler;
    kernel = context.function(handler.batchEntryPoint());
    kernelParams = pointersInto(params);
    context.enter();
    try {
      inStream(this::allocate);
      for (ByteBuffer block : List.of(payloads(), lengths(), results(), errors(), returned())) {
        context.pin(block);
        pinned.add(block);
      }
    } catch (Throwable e) {
      failure = e instanceof TrackFailedException known ? known : null;
      Steps.undo(e, this::close);
      throw e;
    }
  }

  private static Pointer pointersInto(ByteBuffer params) {
    Pointer[] each = new Pointer[PARAM_OFFSETS.length];
    for (int i = 0; i < each.length; i++) {
      int end = i + 1 < each.length ? PARAM_OFFSETS[i + 1] : PARAMS_BYTES;
      each[i] = Pointer.to(params.slice(PARAM_OFFSETS[i], end - PARAM_OFFSETS[i]));
    }
    return Pointer.to(each);
  }

  /**
   * Runs calls of the driver in a stream, and waits until it has done what they ask for: also where
   * one of them failed, since those before it use this batch's memory.
   */
  private void inStream(Runnable calls) {
    stream = streams.take();
    new Steps()
        .run(calls)
        .run(() -> check(cuStreamSynchronize(stream), "waiting for the GPU"))
        .run(() -> streams.giveBack(stream))
        .finish();
  }

  private void allocate() {
    long lengthsAt = payloads().capacity();
    long resultsAt = lengthsAt + lengths().capacity();
    long errorsAt = resultsAt + results().capacity();
    long bytes = errorsAt + errors().capacity();
    vram = context.allocate(bytes, stream);
    vramLengths = vram.withByteOffset(lengthsAt);
    vramResults = vram.withByteOffset(resultsAt);
    vramErrors = vram.withByteOffset(errorsAt);
    // Results come back with the unused ends of their slots: nobody else's bytes may be in these.
    check(cuMemsetD8Async(vram, (byte) 0, bytes, stream), "clearing VRAM");
    params.putLong(PAYLOADS, vram.value()).putInt(STRIDE, strideBytes());
    params.putLong(LENGTHS, vram.value() + lengthsAt);
    params.putLong(RESULTS, vram.value() + resultsAt).putInt(RESULT_STRIDE, resultStrideBytes());
    params.putLong(ERRORS, vram.value() + errorsAt);
    params.position(HANDLER_PARAMS);
    for (long param : handler.params()) {
      params.putLong(param);
    }
  }

  @Override
  public synchronized void run(int count, int attempt) {
    Objects.checkFromIndexSize(0, count, capacity());
    if (closed) {
      throw new TrackFailedException("this batch is closed: make another runner");
    }
    if (failure != null) {
      throw failed();
    }
    if (count == 0) {
      return;
    }
    try {
      context.enter();
      inStream(
          () -> {
            copyIn(count);
            launch(count, attempt);
            copyOut(count);
          });
    } catch (TrackFailedException e) {
      failure = e;
      throw failed();
    }
  }

  private void copyIn(int count) {
    check(
        cuMemcpyHtoDAsync(vram, payloads, (long) count * strideBytes(), stream),
        "copying payloads to VRAM");
    check(
        cuMemcpyHtoDAsync(vramLengths, lengths, (long) count * Integer.BYTES, stream),
        "copying lengths to VRAM");
  }

  /** As many tiles as messages, in whole blocks. */
  private void launch(int count, int attempt) {
    params.putInt(COUNT, count).putInt(ATTEMPT, attempt);
    int blocks = (int) (((long) count * handler.lanes() + BLOCK_THREADS - 1) / BLOCK_THREADS);
    check(
        cuLaunchKernel(kernel, blocks, 1, 1, BLOCK_THREADS, 1, 1, 0, stream, kernelParams, null),
        "launching the kernel");
  }

  private void copyOut(int count) {
    check(
        cuMemcpyDtoHAsync(returned, vram, (long) count * strideBytes(), stream),
        "copying payloads from VRAM");
    if (resultBytes() > 0) {
      check(
          cuMemcpyDtoHAsync(results, vramResults, (long) count * resultStrideBytes(), stream),
          "copying results from VRAM");
    }
    check(
        cuMemcpyDtoHAsync(errors, vramErrors, (long) count * Integer.BYTES, stream),
        "copying error codes from VRAM");
  }

  private TrackFailedException failed() {
    return new TrackFailedException(
        "device "
            + Cuda.DEVICE
            + " has failed at handler '"
            + handler.text()
            + "': "
            + failure.getMessage()
            + "; restart this process, as none of its GPU calls may work now",
        failure);
  }

  /** Waits for a run of another thread. Never throws: what a lost GPU held is lost with it. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        giveBack();
      } catch (TrackFailedException e) {
        if (failure == null) {
          LOG.warning("a batch's memory on the GPU is not given back", e);
        }
      }
    }
    onClose.accept(this);
  }

  private void giveBack() {
    context.enter();
    Steps steps = new Steps();
    if (vram != null) {
      steps.run(() -> inStream(() -> CudaContext.free(vram, stream)));
    }
    steps.run(() -> context.unpin(pinned)).finish();
  }
}
