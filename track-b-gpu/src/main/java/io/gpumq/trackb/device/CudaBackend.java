package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Vram;
import java.util.Map;

/** The device {@code cuda}: a GPU, through the CUDA driver. */
public final class CudaBackend implements Backend {
  /** Left for the driver, and for the copies of others. */
  private static final long SPARE_BYTES = 256L << 20;

  /** The same, and for the contexts of a device process and of the one that stands by. */
  private static final long SPARE_FOR_PROCESSES = 2L << 30;

  private final CudaContext context;
  private final int blocks;
  private final long idleNanos;

  /**
   * @param ordinal which GPU, from 0
   * @param blocks thread blocks of one ring's kernel, or 0 for an eighth of the multiprocessors,
   *     but for a quarter at most over all lanes of a queue
   * @param idleMillis how long a ring has no load before its kernel becomes one block
   * @throws TrackUnavailableException if there is no usable driver or GPU
   */
  public CudaBackend(int ordinal, int blocks, int idleMillis) {
    Cuda.requireAvailable();
    context = CudaContext.open(ordinal);
    try {
      requireSettings(blocks, idleMillis);
    } catch (Throwable e) {
      Steps.undo(e, context::close);
      throw e;
    }
    this.blocks = blocks;
    this.idleNanos = idleMillis * 1_000_000L;
  }

  private void requireSettings(int blocks, int idleMillis) {
    int most = context.multiprocessors();
    if (idleMillis < 1) {
      throw new ConfigException("cuda.idle-ms " + idleMillis + ": must be 1 or more");
    }
    if (blocks < 0 || blocks > most) {
      throw new ConfigException(
          "cuda.blocks " + blocks + ": must be between 1 and " + most + " on " + context.name());
    }
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
  public int mostRings() {
    return CudaContext.MOST_CONNECTIONS;
  }

  @Override
  public Map<String, String> environment(int rings) {
    return CudaContext.environment(rings);
  }

  @Override
  public long freeBytes() {
    context.enter();
    return Math.max(0, context.freeBytes() - SPARE_BYTES);
  }

  /** The rest is for the programs that the messages are for. */
  @Override
  public long usualBytes() {
    return freeBytes() / 4;
  }

  @Override
  public Vram allocate(long bytes, boolean shared) {
    context.enter();
    long free = Math.max(0, context.freeBytes() - (shared ? SPARE_FOR_PROCESSES : SPARE_BYTES));
    if (bytes > free) {
      throw new ConfigException(
          "store.bytes "
              + bytes
              + ": "
              + context.name()
              + " has "
              + free
              + " bytes of VRAM free; set as much at most");
    }
    return shared ? CudaArena.shared(context, bytes) : CudaArena.inProcess(context, bytes);
  }

  @Override
  public Vram open(String handle, long bytes) {
    context.enter();
    return CudaArena.open(context, handle, bytes);
  }

  @Override
  public MountedRing mount(RingFile file, RingShape shape, Vram vram) {
    context.enter();
    var sizes = new CudaRing.Sizes(blocks(shape), idleNanos);
    return new CudaRing(context, file, shape, (CudaArena) vram, sizes);
  }

  private int blocks(RingShape shape) {
    int all = context.multiprocessors();
    return blocks > 0 ? blocks : Math.max(1, Math.min(all / 8, all / 4 / shape.lanes()));
  }

  @Override
  public void close() {
    context.close();
  }
}
