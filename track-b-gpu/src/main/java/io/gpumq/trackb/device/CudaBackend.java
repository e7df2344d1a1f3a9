package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.ReadAreas;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import io.gpumq.trackb.spi.Vram;
import java.util.Map;
import java.util.function.Consumer;

/** The device {@code cuda}: a GPU, through the CUDA driver. */
public final class CudaBackend implements RingBackend, Backend {
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
        return context.lull().start(() -> kernel(file, handler, vram, resume, most, ended(held)));
      }
      ElasticKernel.Launcher launcher =
          (from, small) -> kernel(file, handler, vram, from, small ? 1 : most, kernel -> {});
      long idle = most == 1 ? Long.MAX_VALUE : idleNanos; // the smallest already
      var control = new ControlBlock(file.control());
      var completed =
          new CompletedSequences(
              file.completions(),
              geometry.capacity(),
              geometry.ingressSlots(),
              geometry.firstSequence());
      return context
          .lull()
          .start(() -> new ElasticKernel(control, completed, resume, idle, launcher, ended(held)));
    } catch (Throwable e) {
      Steps.undo(e, () -> context.giveBack(held));
      throw e;
    }
  }

  private CudaKernel kernel(
      SharedFile file,
      HandlerSpec handler,
      CudaMemory vram,
      Resume resume,
      int blocks,
      Consumer<? super CudaKernel> onEnd) {
    vram.setMirror(resume);
    return new CudaKernel(
        context,
        new ControlBlock(file.control()),
        vram.stream(),
        handler.ringEntryPoint(),
        vram.parameter(handler, resume),
        resume,
        blocks,
        onEnd);
  }

  private Consumer<Lull.Kernel> ended(int held) {
    return kernel -> {
      context.giveBack(held);
      context.lull().ended(kernel);
    };
  }

  @Override
  public long freeBytes() {
    context.enter();
    return Math.max(0, context.freeBytes() - SPARE_BYTES);
  }

  @Override
  public Vram allocate(long bytes, ReadAreas areas, boolean shared) {
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
    return shared
        ? CudaArena.shared(context, bytes, areas)
        : CudaArena.inProcess(context, bytes, areas);
  }

  @Override
  public Vram open(String handle, long bytes) {
    context.enter();
    return CudaArena.open(context, handle, bytes);
  }

  @Override
  public MountedRing mount(RingFile file, RingShape shape, Vram vram) {
    context.enter();
    int most = blocks > 0 ? blocks : Math.max(1, context.multiprocessors() / 8);
    var sizes = new CudaRing.Sizes(most, idleNanos);
    return new CudaRing(context, file, shape, (CudaArena) vram, sizes);
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
