package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_READY;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD2D32Async;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.ring.Backoff;
import io.gpumq.trackb.ring.ControlBlock;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RunningRing;
import io.gpumq.trackb.ring.SharedFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;

/** A ring at work in a persistent kernel. */
final class CudaRing implements RunningRing {
  private static final int BLOCK_THREADS = 256;

  /** A kernel looks at the stop word far more often; what takes longer sits in its handler. */
  private static final long STOP_NANOS = 2_000_000_000L;

  private final CudaContext context;
  private final ControlBlock control;
  private final RingGeometry geometry;
  private final Pointer reads;
  private final List<ByteBuffer> pinned = new ArrayList<>();
  private final CUstream stream;
  private final int multiprocessors;
  private final Address states;
  private final Address slots;
  private final Address mirror;

  /** Readers share it; the end of the ring waits for them. */
  private final ReadWriteLock memory = new ReentrantReadWriteLock();

  private volatile boolean stopped;

  CudaRing(CudaContext context, SharedFile file, RingGeometry g, HandlerSpec handler, int blocks) {
    this.context = context;
    this.control = new ControlBlock(file.control());
    this.geometry = g;
    this.reads = Pointer.to(file.reads());
    CUfunction kernel = context.function(handler.ringEntryPoint());
    multiprocessors = context.multiprocessorsFor(kernel, blocks, BLOCK_THREADS);
    stream = context.takeStream();
    try {
      context.kernelStarts(multiprocessors);
    } catch (ConfigException e) {
      context.giveBackStream(stream);
      throw e;
    }
    try {
      List<Address> shared = new ArrayList<>();
      for (ByteBuffer block : file.blocks()) {
        shared.add(context.pin(block));
        pinned.add(block);
      }
      states = context.allocate((long) g.capacity() * Long.BYTES, stream);
      slots = context.allocate((long) g.capacity() * g.strideBytes(), stream);
      mirror = context.allocate(RingLayout.MIRROR_BYTES, stream);
      clear();
      ByteBuffer ring =
          ByteBuffer.allocateDirect(RingLayout.RING_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int block = 0; block < 5; block++) {
        ring.putLong(shared.get(block).value());
      }
      ring.putLong(states.value()).putLong(slots.value()).putLong(mirror.value());
      ring.putLong(shared.get(5).value());
      ring.putInt(g.ingressSlots() - 1).putInt(g.windowSlots() - 1).putInt(g.capacity() - 1);
      ring.putInt(Integer.numberOfTrailingZeros(g.capacity()));
      ring.putInt(g.slotBytes()).putInt(g.strideBytes());
      ring.putInt(Integer.numberOfTrailingZeros(g.chunkSlots())).putInt(g.maxTries());
      ring.putInt(g.expressBytes()).putInt(g.expressResultCell());
      for (long param : handler.params()) {
        ring.putLong(param);
      }
      check(
          cuLaunchKernel(
              kernel,
              blocks,
              1,
              1,
              BLOCK_THREADS,
              1,
              1,
              0,
              stream,
              Pointer.to(Pointer.to(ring)),
              null),
          "launching " + handler.ringEntryPoint());
    } catch (RuntimeException e) {
      context.kernelEnded(multiprocessors, pinned);
      context.giveBackStream(stream);
      throw e;
    }
  }

  /** Everything as at the start of a lap: every slot empty, nothing taken. */
  private void clear() {
    RingGeometry g = geometry;
    long empty = g.firstSequence() / g.capacity() << RingLayout.LAP_SHIFT | RingLayout.EMPTY;
    halfOfEach(states, 0, (int) empty);
    halfOfEach(states, Integer.BYTES, (int) (empty >>> 32));
    check(
        cuMemsetD8Async(slots, (byte) 0, (long) g.capacity() * g.strideBytes(), stream),
        "clearing the slots");
    ByteBuffer near =
        ByteBuffer.allocateDirect(RingLayout.MIRROR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    near.putLong(RingLayout.MIRROR_TICKETS, g.firstSequence() / g.chunkSlots());
    near.putLong(RingLayout.MIRROR_HEAD, g.firstSequence());
    check(
        cuMemcpyHtoDAsync(mirror, Pointer.to(near), RingLayout.MIRROR_BYTES, stream),
        "setting the mirror");
    check(cuStreamSynchronize(stream), "clearing the ring");
  }

  private void halfOfEach(Address words, int offset, int value) {
    check(
        cuMemsetD2D32Async(
            words.withByteOffset(offset), Long.BYTES, value, 1, geometry.capacity(), stream),
        "clearing the slot states");
  }

  @Override
  public void read(int area, long firstSequence, int count, int readsOffset) {
    memory.readLock().lock();
    try {
      requireRunning();
      context.enter();
      int mask = geometry.capacity() - 1;
      long slot = firstSequence & mask;
      int upToTheWrap = (int) Math.min(count, geometry.capacity() - slot);
      copy(area, slot, upToTheWrap, readsOffset);
      copy(area, 0, count - upToTheWrap, readsOffset + upToTheWrap * geometry.strideBytes());
    } finally {
      memory.readLock().unlock();
    }
  }

  private void copy(int area, long slot, int count, int readsOffset) {
    if (count > 0) {
      int stride = geometry.strideBytes();
      CUdeviceptr from = slots.withByteOffset(slot * stride);
      check(
          cuMemcpyDtoHAsync(
              reads.withByteOffset(readsOffset),
              from,
              (long) count * stride,
              context.readStream(area)),
          "reading from VRAM");
    }
  }

  @Override
  public void awaitReads(int area) {
    memory.readLock().lock();
    try {
      requireRunning();
      context.enter();
      check(cuStreamSynchronize(context.readStream(area)), "reading from VRAM");
    } finally {
      memory.readLock().unlock();
    }
  }

  private void requireRunning() {
    if (stopped) {
      throw new TrackFailedException("the ring is stopped, and its VRAM given back");
    }
  }

  @Override
  public String failure() {
    memory.readLock().lock();
    try {
      if (stopped) {
        return null;
      }
      context.enter();
      int state = cuStreamQuery(stream);
      if (state == CUDA_ERROR_NOT_READY) {
        return null;
      }
      long error = control.error();
      if (error != 0) {
        return RingErrors.describe(error);
      }
      return state == CUDA_SUCCESS
          ? "the kernel has ended unasked"
          : "the kernel has died: " + Cuda.name(state) + "; no GPU call of this process works now";
    } catch (TrackFailedException e) {
      return e.getMessage();
    } finally {
      memory.readLock().unlock();
    }
  }

  @Override
  public void stop() {
    control.requestStop();
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
    memory.writeLock().lock();
    try {
      stopped = true;
      if (state == CUDA_SUCCESS) {
        giveBack();
      } // else the context is dead, and what it held with it
    } finally {
      memory.writeLock().unlock();
    }
  }

  private void giveBack() {
    CudaContext.free(states, stream);
    CudaContext.free(slots, stream);
    CudaContext.free(mirror, stream);
    check(cuStreamSynchronize(stream), "freeing VRAM");
    context.giveBackStream(stream);
    context.kernelEnded(multiprocessors, pinned);
  }
}
