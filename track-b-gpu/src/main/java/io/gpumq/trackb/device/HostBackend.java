package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
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
import java.util.concurrent.atomic.AtomicLong;

/** The device {@code host}: threads over the same layout and the same slot states. */
public final class HostBackend implements RingBackend, Backend {
  /** The name that users write. */
  public static final String DEVICE = "host";

  private static final int MAX_THREADS = 4;

  private final int threads =
      Math.max(1, Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() / 2));

  @Override
  public String name() {
    return DEVICE;
  }

  @Override
  public String describe() {
    return threads + (threads == 1 ? " thread" : " threads") + " (no GPU)";
  }

  @Override
  public boolean hasExpress() {
    return false;
  }

  @Override
  public int mostRings() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Map<String, String> environment(int rings) {
    return Map.of();
  }

  @Override
  public RingMemory allocate(SharedFile file, RingGeometry geometry, boolean shared) {
    return shared ? HostMemory.shared(file, geometry) : HostMemory.inProcess(file, geometry);
  }

  @Override
  public RingMemory open(SharedFile file, RingGeometry geometry, String handle) {
    return HostMemory.open(file, geometry, handle);
  }

  @Override
  public RingKernel launch(
      SharedFile file,
      RingGeometry geometry,
      HandlerSpec handler,
      RingMemory memory,
      Resume resume) {
    int workers = resume.isTrial() ? 1 : threads;
    AtomicLong tickets = new AtomicLong(resume.first() / geometry.chunkSlots());
    return new HostKernel(
        new ControlBlock(file.control()),
        workers,
        () ->
            new HostWorker(
                file, geometry, (HostMemory) memory, handler.newHostHandler(), tickets, resume));
  }

  /** What this process may have outside its heap. */
  @Override
  public long freeBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public Vram allocate(long bytes, ReadAreas areas, boolean shared) {
    return shared ? HostVram.shared(bytes, areas) : HostVram.inProcess(bytes, areas);
  }

  @Override
  public Vram open(String handle, long bytes) {
    return HostVram.open(handle, bytes);
  }

  @Override
  public MountedRing mount(RingFile file, RingShape shape, Vram vram) {
    return new HostRing(file, shape, (HostVram) vram, threads);
  }

  @Override
  public void close() {}
}
