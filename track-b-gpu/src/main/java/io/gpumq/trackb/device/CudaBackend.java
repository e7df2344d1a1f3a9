package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.ring.Resume;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingKernel;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import java.util.Map;
import java.util.function.Consumer;

/** The device {@code cuda}: a GPU, through the CUDA driver. */
public final class CudaBackend implements RingBackend {
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
    CudaMemory vram = (CudaMemory) memory;
    int most = resume.isTrial() ? 1 : blocks(geometry);
    int held =
        context.multiprocessorsFor(
            context.function(handler.ringEntryPoint()), most, CudaKernel.threads(resume));
    context.hold(held); // until it ends for good, small or not: it may grow
    try {
      if (resume.isTrial()) {
        return context
            .lull()
            .start(
                () ->
                    new CudaKernel(
                        context, file, geometry, handler, vram, resume, most, ended(held)));
      }
      ElasticKernel.Launcher launcher =
          (from, small) ->
              new CudaKernel(
                  context, file, geometry, handler, vram, from, small ? 1 : most, kernel -> {});
      long idle = most == 1 ? Long.MAX_VALUE : idleNanos; // the smallest already
      return context
          .lull()
          .start(() -> new ElasticKernel(file, geometry, resume, idle, launcher, ended(held)));
    } catch (Throwable e) {
      Steps.undo(e, () -> context.giveBack(held));
      throw e;
    }
  }

  private Consumer<Lull.Kernel> ended(int held) {
    return kernel -> {
      context.giveBack(held);
      context.lull().ended(kernel);
    };
  }

  private int blocks(RingGeometry geometry) {
    int all = context.multiprocessors();
    return blocks > 0 ? blocks : Math.max(1, Math.min(all / 8, all / 4 / geometry.lanes()));
  }

  @Override
  public void close() {
    context.close();
  }
}
