package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_READY;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuStreamQuery;

import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingErrors;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/** A persistent kernel that works on a ring. */
final class CudaKernel implements RingKernel, Lull.Kernel {
  private static final int BLOCK_THREADS = 256;

  /** A kernel looks at the stop word far more often; what takes longer sits in its handler. */
  private static final long STOP_NANOS = 2_000_000_000L;

  private final CudaContext context;
  private final Control control;
  private final CUstream stream;
  private final Consumer<? super CudaKernel> onEnd;
  private final boolean trial;
  private boolean stopped;

  /**
   * Launches a kernel.
   *
   * @param parameter the struct that it is given
   * @param blocks all of which must run at once
   * @param onEnd run once, when it has ended as it should
   */
  CudaKernel(
      CudaContext context,
      Control control,
      CUstream stream,
      String entryPoint,
      ByteBuffer parameter,
      Resume resume,
      int blocks,
      Consumer<? super CudaKernel> onEnd) {
    this.context = context;
    this.control = control;
    this.stream = stream;
    this.onEnd = onEnd;
    this.trial = resume.isTrial();
    Pointer parameters = Pointer.to(Pointer.to(parameter));
    check(
        cuLaunchKernel(
            context.function(entryPoint),
            blocks,
            1,
            1,
            threads(resume),
            1,
            1,
            0,
            stream,
            parameters,
            null),
        "launching " + entryPoint);
  }

  /** Threads of a block. */
  static int threads(Resume resume) {
    return resume.isTrial() ? RingShape.WARP_LANES : BLOCK_THREADS; // one warp's trial
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
