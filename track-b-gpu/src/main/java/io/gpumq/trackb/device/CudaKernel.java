package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_READY;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.RingErrors;
import io.gpumq.trackb.ring.Resume;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingKernel;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/** A persistent kernel that works on a ring. */
final class CudaKernel implements RingKernel, Lull.Kernel {
  private static final int BLOCK_THREADS = 256;

  /** A trial is one warp's. */
  private static final int WARP_THREADS = 32;

  /** A kernel looks at the stop word far more often; what takes longer sits in its handler. */
  private static final long STOP_NANOS = 2_000_000_000L;

  private final CudaContext context;
  private final ControlBlock control;
  private final CUstream stream;
  private final Consumer<? super CudaKernel> onEnd;
  private final boolean trial;
  private boolean stopped;

  /**
   * @param blocks all of which must run at once
   * @param onEnd run once, when it has ended as it should
   */
  CudaKernel(
      CudaContext context,
      SharedFile file,
      RingGeometry g,
      HandlerSpec handler,
      CudaMemory memory,
      Resume resume,
      int blocks,
      Consumer<? super CudaKernel> onEnd) {
    this.context = context;
    this.onEnd = onEnd;
    this.control = new ControlBlock(file.control());
    this.stream = memory.stream();
    this.trial = resume.isTrial();
    setMirror(memory, g, resume);
    Pointer ring = Pointer.to(Pointer.to(parameter(g, handler, memory, resume)));
    int threads = threads(resume);
    check(
        cuLaunchKernel(
            context.function(handler.ringEntryPoint()),
            blocks,
            1,
            1,
            threads,
            1,
            1,
            0,
            stream,
            ring,
            null),
        "launching " + handler.ringEntryPoint());
  }

  /** Threads of a block. */
  static int threads(Resume resume) {
    return resume.isTrial() ? WARP_THREADS : BLOCK_THREADS;
  }

  /** Nothing is taken from the first sequence on. */
  private void setMirror(CudaMemory memory, RingGeometry g, Resume resume) {
    ByteBuffer near =
        ByteBuffer.allocateDirect(RingLayout.MIRROR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    near.putLong(RingLayout.MIRROR_TICKETS, resume.first() / g.chunkSlots());
    near.putLong(RingLayout.MIRROR_HEAD, resume.first());
    check(
        cuMemcpyHtoDAsync(memory.mirror(), Pointer.to(near), RingLayout.MIRROR_BYTES, stream),
        "setting the mirror");
    check(cuStreamSynchronize(stream), "setting the mirror");
  }

  /** {@code struct Ring} of {@code ring_memory.h}. */
  private static ByteBuffer parameter(
      RingGeometry g, HandlerSpec handler, CudaMemory memory, Resume resume) {
    ByteBuffer ring =
        ByteBuffer.allocateDirect(RingLayout.RING_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < 5; block++) {
      ring.putLong(memory.shared(block).value());
    }
    ring.putLong(memory.states().value());
    ring.putLong(memory.slots().value());
    ring.putLong(memory.mirror().value());
    ring.putLong(memory.shared(5).value());
    ring.putLong(resume.first()).putLong(resume.resumeEnd()).putLong(resume.end());
    ring.putInt(g.ingressSlots() - 1).putInt(g.windowSlots() - 1).putInt(g.capacity() - 1);
    ring.putInt(Integer.numberOfTrailingZeros(g.capacity()));
    ring.putInt(g.slotBytes()).putInt(g.strideBytes());
    ring.putInt(Integer.numberOfTrailingZeros(g.chunkSlots())).putInt(g.maxTries());
    ring.putInt(g.expressBytes()).putInt(g.expressResultCell());
    for (long param : handler.params()) {
      ring.putLong(param);
    }
    return ring;
  }

  @Override
  public synchronized String failure() {
    int state = state();
    if (state == CUDA_ERROR_NOT_READY) {
      return null;
    }
    long error = control.error();
    if (error != 0) {
      return RingErrors.describe(error);
    }
    if (state == CUDA_SUCCESS) {
      return trial || control.stopRequested() ? null : "the kernel has ended unasked";
    }
    return "the kernel has died: " + Cuda.name(state) + "; no GPU call of this process works now";
  }

  /** A fault is the end of the context, and of all that runs there. */
  @Override
  public synchronized boolean diedWithAll() {
    int state = state();
    return state != CUDA_SUCCESS && state != CUDA_ERROR_NOT_READY;
  }

  private int state() {
    if (stopped) {
      return CUDA_SUCCESS;
    }
    context.enter();
    return cuStreamQuery(stream);
  }

  @Override
  public synchronized boolean hasEnded() {
    if (state() == CUDA_SUCCESS) {
      end();
    }
    return stopped;
  }

  private synchronized void end() {
    if (!stopped) {
      stopped = true;
      onEnd.accept(this);
    }
  }

  @Override
  public void requestStop() {
    control.requestStop();
  }

  /** A trial has an end of its own, soon: a lull waits for that. */
  @Override
  public void pause() {}

  @Override
  public boolean isPaused() {
    return hasEnded();
  }

  @Override
  public void resume() {}

  @Override
  public void stop() {
    requestStop();
    context.enter();
    long deadline = System.nanoTime() + STOP_NANOS;
    Backoff backoff = new Backoff();
    int state;
    while ((state = cuStreamQuery(stream)) == CUDA_ERROR_NOT_READY) {
      if (System.nanoTime() > deadline) {
        throw new TrackFailedException(
            "the kernel does not end: a handler hangs; the GPU is held until this process ends");
      }
      backoff.pause();
    }
    if (state == CUDA_SUCCESS) {
      end();
    } // else the context is dead: for the end of the process
  }
}
