package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.ring.Resume;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingKernel;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;

/** The device {@code cuda}: a GPU, through the CUDA driver. */
public final class CudaBackend implements RingBackend {
  /** Left for the driver, and for the copies of others. */
  private static final long SPARE_BYTES = 256L << 20;

  /** The same, and for the contexts of a device process and of the one that stands by. */
  private static final long SPARE_FOR_PROCESSES = 2L << 30;

  private final CudaContext context;
  private final int blocks;

  /**
   * @param ordinal which GPU, from 0
   * @param blocks thread blocks of one ring's kernel, or 0 for an eighth of the multiprocessors,
   *     but for a quarter at most over all lanes of a queue
   * @throws TrackUnavailableException if there is no usable driver or GPU
   */
  public CudaBackend(int ordinal, int blocks) {
    Cuda.requireAvailable();
    context = CudaContext.open(ordinal);
    int most = context.multiprocessors();
    if (blocks < 0 || blocks > most) {
      context.close();
      throw new ConfigException(
          "cuda.blocks " + blocks + ": must be between 1 and " + most + " on " + context.name());
    }
    this.blocks = blocks;
  }

  /** Why there is no such device here, or {@code null} if there is. */
  public static String unavailable() {
    return Cuda.unavailable();
  }

  @Override
  public String name() {
    return Cuda.DEVICE;
  }

  @Override
  public String describe() {
    return context.name();
  }

  @Override
  public boolean hasExpress() {
    return true;
  }

  @Override
  public RingMemory allocate(SharedFile file, RingGeometry geometry, boolean shared) {
    context.enter();
    long free = context.freeBytes() - (shared ? SPARE_FOR_PROCESSES : SPARE_BYTES);
    if (geometry.vramBytes() > free) {
      throw new ConfigException(
          "capacity "
              + geometry.capacity()
              + " of "
              + geometry.strideBytes()
              + " bytes a slot: needs "
              + geometry.vramBytes()
              + " bytes of VRAM, and "
              + context.name()
              + " has "
              + Math.max(0, free)
              + " free; open a smaller queue");
    }
    return shared
        ? CudaMemory.shared(context, file, geometry)
        : CudaMemory.inProcess(context, file, geometry);
  }

  @Override
  public RingMemory open(SharedFile file, RingGeometry geometry, String handle) {
    context.enter();
    return CudaMemory.open(context, file, geometry, handle);
  }

  @Override
  public RingKernel launch(
      SharedFile file,
      RingGeometry geometry,
      HandlerSpec handler,
      RingMemory memory,
      Resume resume) {
    context.enter();
    int most = context.multiprocessors();
    int share = Math.max(1, Math.min(most / 8, most / 4 / geometry.lanes()));
    int count = blocks > 0 ? blocks : share;
    return new CudaKernel(context, file, geometry, handler, (CudaMemory) memory, resume, count);
  }

  @Override
  public void close() {
    context.close();
  }
}
