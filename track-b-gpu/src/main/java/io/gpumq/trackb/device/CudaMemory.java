package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUmemorytype.CU_MEMORYTYPE_DEVICE;
import static jcuda.driver.CUmemorytype.CU_MEMORYTYPE_HOST;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuMemcpy2DAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD2D32Async;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.spi.Resume;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import jcuda.Pointer;
import jcuda.driver.CUDA_MEMCPY2D;
import jcuda.driver.CUstream;

/** A ring's VRAM, and the queue's file where kernels see it. */
final class CudaMemory implements RingMemory {
  private final CudaContext context;
  private final RingGeometry geometry;
  private final Pointer reads;
  private final List<ByteBuffer> pinned;
  private final List<Address> shared;
  private final Half half;
  private final CUstream stream;
  private final CUDA_MEMCPY2D[] copies = new CUDA_MEMCPY2D[RingGeometry.READ_AREAS];
  private CudaVram vram;

  /** Readers share it; the end of the memory waits for them. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  /** Which half of the device this process has. */
  private enum Half {
    /** Both. */
    ALL,
    /** It made the VRAM, and runs no kernel. */
    MEMORY,
    /** It runs the kernel, in VRAM that another process made. */
    KERNEL
  }

  /** Where a ring's VRAM comes from. */
  @FunctionalInterface
  private interface Source {
    CudaVram get(long bytes, CUstream stream);
  }

  private CudaMemory(
      CudaContext context,
      SharedFile file,
      RingGeometry g,
      List<ByteBuffer> used,
      Source source,
      Half half) {
    this.context = context;
    this.half = half;
    this.geometry = g;
    this.reads = Pointer.to(file.reads());
    pinned = new ArrayList<>(used.size()); // now: what is pinned must find its place here
    shared = new ArrayList<>(used.size());
    stream = half == Half.MEMORY ? context.readStream(0) : context.takeStream();
    try {
      for (ByteBuffer block : used) {
        Address address = context.pin(block);
        pinned.add(block);
        shared.add(address);
      }
      vram = source.get(mirrorAt(g) + RingLayout.MIRROR_BYTES, stream);
      Arrays.setAll(copies, this::copyTo);
      if (half != Half.KERNEL) {
        clear();
      }
    } catch (Throwable e) {
      Steps.undo(e, this::giveBack);
      throw e;
    }
  }

  /** For kernels of this process. */
  static CudaMemory inProcess(CudaContext context, SharedFile file, RingGeometry g) {
    return new CudaMemory(
        context,
        file,
        g,
        file.blocks(),
        (bytes, stream) -> CudaVram.inProcess(context, bytes, stream),
        Half.ALL);
  }

  /** For kernels of another process: here it is read from. */
  static CudaMemory shared(CudaContext context, SharedFile file, RingGeometry g) {
    return new CudaMemory(
        context,
        file,
        g,
        List.of(file.reads()),
        (bytes, stream) -> CudaVram.shared(context, bytes),
        Half.MEMORY);
  }

  /** Of another process, for kernels of this one. */
  static CudaMemory open(CudaContext context, SharedFile file, RingGeometry g, String handle) {
    List<ByteBuffer> used = new ArrayList<>(file.blocks());
    used.remove(file.reads());
    return new CudaMemory(
        context, file, g, used, (bytes, stream) -> CudaVram.open(context, handle), Half.KERNEL);
  }

  private static long slotsAt(RingGeometry g) {
    return aligned((long) g.capacity() * Long.BYTES);
  }

  private static long mirrorAt(RingGeometry g) {
    return aligned(slotsAt(g) + (long) g.capacity() * g.strideBytes());
  }

  /** To what an allocation of its own would be aligned to. */
  private static long aligned(long bytes) {
    return (bytes + 255) & ~255L;
  }

  /** Every slot empty, at the start of the first lap. */
  private void clear() {
    RingGeometry g = geometry;
    long empty = g.firstSequence() / g.capacity() << RingLayout.LAP_SHIFT | RingLayout.EMPTY;
    halfOfEach(states(), 0, (int) empty);
    halfOfEach(states(), Integer.BYTES, (int) (empty >>> 32));
    check(
        cuMemsetD8Async(slots(), (byte) 0, (long) g.capacity() * g.strideBytes(), stream),
        "clearing the slots");
    check(cuStreamSynchronize(stream), "clearing the ring");
  }

  private void halfOfEach(Address words, int offset, int value) {
    check(
        cuMemsetD2D32Async(
            words.withByteOffset(offset), Long.BYTES, value, 1, geometry.capacity(), stream),
        "clearing the slot states");
  }

  /** Where kernels see a block of the queue's file, in the order of {@link SharedFile#blocks}. */
  Address shared(int block) {
    return shared.get(block);
  }

  Address states() {
    return vram.base();
  }

  Address slots() {
    return vram.base().plus(slotsAt(geometry));
  }

  Address mirror() {
    return vram.base().plus(mirrorAt(geometry));
  }

  /** {@code struct Ring} of {@code ring_memory.h}. */
  ByteBuffer parameter(HandlerSpec handler, Resume resume) {
    RingGeometry g = geometry;
    ByteBuffer ring =
        ByteBuffer.allocateDirect(RingLayout.RING_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < 5; block++) {
      ring.putLong(shared(block).value());
    }
    ring.putLong(states().value());
    ring.putLong(slots().value());
    ring.putLong(mirror().value());
    ring.putLong(shared(5).value());
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

  /** Nothing is taken from the first sequence on. */
  void setMirror(Resume resume) {
    ByteBuffer near =
        ByteBuffer.allocateDirect(RingLayout.MIRROR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    near.putLong(RingLayout.MIRROR_TICKETS, resume.first() / geometry.chunkSlots());
    near.putLong(RingLayout.MIRROR_HEAD, resume.first());
    check(
        cuMemcpyHtoDAsync(mirror(), Pointer.to(near), RingLayout.MIRROR_BYTES, stream),
        "setting the mirror");
    check(cuStreamSynchronize(stream), "setting the mirror");
  }

  /** The stream for the kernel of this process that works on this memory. */
  CUstream stream() {
    return stream;
  }

  @Override
  public String handle() {
    if (vram.handle() == null) {
      throw new IllegalStateException("this memory was not made to be shared");
    }
    return vram.handle();
  }

  @Override
  public void read(int area, long firstSequence, int count, int readsOffset) {
    use.readLock().lock();
    try {
      enter();
      int mask = geometry.capacity() - 1;
      long slot = firstSequence & mask;
      int upToTheWrap = (int) Math.min(count, geometry.capacity() - slot);
      copy(area, slot, upToTheWrap, readsOffset);
      copy(area, 0, count - upToTheWrap, readsOffset + upToTheWrap * geometry.strideBytes());
    } finally {
      use.readLock().unlock();
    }
  }

  private void copy(int area, long slot, int count, int readsOffset) {
    if (count > 0) {
      CUDA_MEMCPY2D copy = copies[area];
      copy.srcY = slot;
      copy.dstY = (readsOffset - area * geometry.readAreaBytes()) / geometry.strideBytes();
      copy.Height = count;
      check(cuMemcpy2DAsync(copy, context.readStream(area)), "reading from VRAM");
    }
  }

  /**
   * What copies slots into one read area: a slot is a row. A plain copy would want two pointer
   * objects for each call; this is told by numbers where to copy from and to.
   */
  private CUDA_MEMCPY2D copyTo(int area) {
    CUDA_MEMCPY2D copy = new CUDA_MEMCPY2D();
    copy.srcMemoryType = CU_MEMORYTYPE_DEVICE;
    copy.srcDevice = slots();
    copy.srcPitch = geometry.strideBytes();
    copy.dstMemoryType = CU_MEMORYTYPE_HOST;
    copy.dstHost = reads.withByteOffset((long) area * geometry.readAreaBytes());
    copy.dstPitch = geometry.strideBytes();
    copy.WidthInBytes = geometry.strideBytes();
    return copy;
  }

  @Override
  public void awaitReads(int area) {
    use.readLock().lock();
    try {
      enter();
      check(cuStreamSynchronize(context.readStream(area)), "reading from VRAM");
    } finally {
      use.readLock().unlock();
    }
  }

  private void enter() {
    if (closed) {
      throw new TrackFailedException("the ring is stopped, and its VRAM given back");
    }
    context.enter();
  }

  @Override
  public void readStates(long firstSequence, long[] words) {
    ByteBuffer copy =
        ByteBuffer.allocateDirect(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int slot = (int) (firstSequence & geometry.capacity() - 1);
    int upToTheWrap = Math.min(words.length, geometry.capacity() - slot);
    use.readLock().lock();
    try {
      enter();
      readStates(slot, upToTheWrap, copy, 0);
      readStates(0, words.length - upToTheWrap, copy, upToTheWrap);
      check(cuStreamSynchronize(stream), "reading the slot states");
    } finally {
      use.readLock().unlock();
    }
    copy.asLongBuffer().get(words);
  }

  private void readStates(int slot, int count, ByteBuffer copy, int at) {
    if (count > 0) {
      check(
          cuMemcpyDtoHAsync(
              Pointer.to(copy).withByteOffset((long) at * Long.BYTES),
              states().plus((long) slot * Long.BYTES),
              (long) count * Long.BYTES,
              stream),
          "reading the slot states");
    }
  }

  @Override
  public void writeStates(long firstSequence, long[] words) {
    ByteBuffer copy =
        ByteBuffer.allocateDirect(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    copy.asLongBuffer().put(words);
    int slot = (int) (firstSequence & geometry.capacity() - 1);
    int upToTheWrap = Math.min(words.length, geometry.capacity() - slot);
    int bytes = upToTheWrap * Long.BYTES;
    write(states().plus((long) slot * Long.BYTES), copy, 0, bytes);
    write(states(), copy, bytes, copy.capacity() - bytes);
  }

  @Override
  public void writeSlot(long sequence, ByteBuffer bytes) {
    int stride = geometry.strideBytes();
    long slot = sequence & geometry.capacity() - 1;
    write(slots().plus(slot * stride), bytes, 0, stride);
  }

  private void write(Address to, ByteBuffer from, int offset, int bytes) {
    use.readLock().lock();
    try {
      enter();
      check(
          cuMemcpyHtoDAsync(to, Pointer.to(from).withByteOffset(offset), bytes, stream),
          "writing to VRAM");
      check(cuStreamSynchronize(stream), "writing to VRAM");
    } finally {
      use.readLock().unlock();
    }
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      closed = true;
      context.enter();
      // What hangs is not waited for; others' reads are.
      int state = half == Half.MEMORY ? cuStreamSynchronize(stream) : cuStreamQuery(stream);
      if (state == CUDA_SUCCESS) {
        giveBack();
      } // else the context is dead, and what it held with it
    } finally {
      use.writeLock().unlock();
    }
  }

  /** Gives back what there is, whatever of it fails. */
  private void giveBack() {
    Steps steps = new Steps();
    if (vram != null) {
      steps.run(vram::close).run(() -> check(cuStreamSynchronize(stream), "freeing VRAM"));
    }
    steps.run(this::giveBackStream).run(() -> context.unpin(pinned)).finish();
  }

  /** But a stream that is shared. */
  private void giveBackStream() {
    if (half != Half.MEMORY) {
      context.giveBackStream(stream);
    }
  }
}
