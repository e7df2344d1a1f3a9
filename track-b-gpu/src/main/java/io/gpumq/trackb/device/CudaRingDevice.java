package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.ring.RingDevice;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RunningRing;
import io.gpumq.trackb.ring.SharedFile;

/** The device {@code cuda}: a GPU, through the CUDA driver. */
public final class CudaRingDevice implements RingDevice {
  /** Left for the driver, and for the copies of others. */
  private static final long SPARE_BYTES = 256L << 20;

  private final CudaContext context;
  private final int blocks;

  /**
   * @param ordinal which GPU, from 0
   * @param blocks thread blocks of one ring's kernel, or 0 for an eighth of the multiprocessors,
   *     but for a quarter at most over all lanes of a queue
   * @throws TrackUnavailableException if there is no usable driver or GPU
   */
  public CudaRingDevice(int ordinal, int blocks) {
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
  public RunningRing start(SharedFile file, RingGeometry geometry, HandlerSpec handler) {
    context.enter();
    long free = context.freeBytes();
    if (geometry.vramBytes() > free - SPARE_BYTES) {
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
              + Math.max(0, free - SPARE_BYTES)
              + " free; open a smaller queue");
    }
    return new CudaRing(context, file, geometry, handler, blocksOf(geometry.lanes()));
  }

  private int blocksOf(int lanes) {
    int most = context.multiprocessors();
    return blocks > 0 ? blocks : Math.max(1, Math.min(most / 8, most / 4 / lanes));
  }

  @Override
  public void close() {
    context.close();
  }
}
