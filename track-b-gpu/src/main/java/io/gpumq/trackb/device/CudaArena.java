package io.gpumq.trackb.device;

import static io.gpumq.kernels.LinkLayout.UNIT;
import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_READY;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.spi.CopyEngine;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/** The arena of a track in VRAM. */
final class CudaArena implements Vram {
  private final CudaContext context;
  private final CudaVram vram;
  private final long bytes;

  /** For what is waited for at once. */
  private final CUstream stream;

  /** Readers share it; the end of the memory waits for them. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private CudaArena(CudaContext context, CudaVram vram, long bytes) {
    this.context = context;
    this.vram = vram;
    this.bytes = bytes;
    stream = context.copyStream();
  }

  /** For kernels of this process. */
  static CudaArena inProcess(CudaContext context, long bytes) {
    CUstream stream = context.copyStream();
    return new CudaArena(context, CudaVram.inProcess(context, bytes, stream), bytes);
  }

  /** For kernels of another process: here it is read from. */
  static CudaArena shared(CudaContext context, long bytes) {
    return new CudaArena(context, CudaVram.shared(context, bytes), bytes);
  }

  /** Of another process, for kernels of this one. */
  static CudaArena open(CudaContext context, String handle, long bytes) {
    return new CudaArena(context, CudaVram.open(context, handle), bytes);
  }

  Address at(long place) {
    return vram.base().plus(place * UNIT);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public String handle() {
    if (vram.handle() == null) {
      throw new IllegalStateException("this memory was not made to be shared");
    }
    return vram.handle();
  }

  @Override
  public CopyEngine copyEngine(ByteBuffer memory) {
    context.enter();
    return new CudaCopyEngine(context, this, memory);
  }

  @Override
  public void write(long place, ByteBuffer from, int offset, int some) {
    using(
        () -> {
          Pointer source = Pointer.to(from).withByteOffset(offset);
          check(cuMemcpyHtoDAsync(at(place), source, some, stream), "writing to VRAM");
          check(cuStreamSynchronize(stream), "writing to VRAM");
        });
  }

  @Override
  public void readWords(long place, long[] words) {
    ByteBuffer copy = words(words.length);
    using(
        () -> {
          Pointer to = Pointer.to(copy);
          check(cuMemcpyDtoHAsync(to, at(place), copy.capacity(), stream), "reading from VRAM");
          check(cuStreamSynchronize(stream), "reading from VRAM");
        });
    copy.asLongBuffer().get(words);
  }

  @Override
  public void writeWords(long place, long[] words) {
    ByteBuffer copy = words(words.length);
    copy.asLongBuffer().put(words);
    write(place, copy, 0, copy.capacity());
  }

  private static ByteBuffer words(int count) {
    return ByteBuffer.allocateDirect(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Takes a step in the context, while the memory is there. */
  void using(Runnable step) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new TrackFailedException("the track is closed, and its VRAM given back");
      }
      context.enter();
      step.run();
    } finally {
      use.readLock().unlock();
    }
  }

  /** Whether the context has not died of a fault. */
  boolean isAlive() {
    context.enter();
    int state = cuStreamQuery(stream);
    return state == CUDA_SUCCESS || state == CUDA_ERROR_NOT_READY;
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      closed = true;
      if (isAlive()) {
        new Steps()
            .run(vram::close)
            .run(() -> check(cuStreamSynchronize(stream), "freeing VRAM"))
            .finish();
      } // else what it held is gone with it
    } finally {
      use.writeLock().unlock();
    }
  }
}
