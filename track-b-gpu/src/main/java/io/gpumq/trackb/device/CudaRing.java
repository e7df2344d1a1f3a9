package io.gpumq.trackb.device;

import static io.gpumq.kernels.LinkLayout.MIRROR_BYTES;
import static io.gpumq.kernels.LinkLayout.MIRROR_HEAD;
import static io.gpumq.kernels.LinkLayout.MIRROR_TICKETS;
import static io.gpumq.kernels.LinkLayout.RING_BYTES;
import static io.gpumq.kernels.LinkLayout.UNIT;
import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/** A ring's file where kernels see it, and a stream for the kernel that works on it. */
final class CudaRing implements MountedRing {
  private final CudaContext context;
  private final RingFile file;
  private final RingShape shape;
  private final CudaArena arena;
  private final Sizes sizes;
  private final CUstream stream;
  private final List<ByteBuffer> pinned = new ArrayList<>();
  private final List<Address> shared = new ArrayList<>();

  /**
   * How large a kernel is.
   *
   * @param blocks of one that is busy
   * @param idleNanos how long there is no load before it becomes one block
   */
  record Sizes(int blocks, long idleNanos) {}

  CudaRing(CudaContext context, RingFile file, RingShape shape, CudaArena arena, Sizes sizes) {
    this.context = context;
    this.file = file;
    this.shape = shape;
    this.arena = arena;
    this.sizes = sizes;
    stream = context.takeStream();
    try {
      for (ByteBuffer block : file.blocks()) {
        Address address = context.pin(block);
        pinned.add(block);
        shared.add(address);
      }
    } catch (Throwable e) {
      Steps.undo(e, this::giveBack);
      throw e;
    }
  }

  @Override
  public RingKernel launch(HandlerSpec handler, Resume resume) {
    int most = resume.isTrial() ? 1 : sizes.blocks();
    int held =
        context.multiprocessorsFor(
            context.function(handler.linkEntryPoint()), most, CudaKernel.threads(resume));
    context.hold(held); // until it ends for good, small or not: it may grow
    try {
      if (resume.isTrial()) {
        return context.lull().start(() -> kernel(handler, resume, most, ended(held)));
      }
      ElasticKernel.Launcher launcher =
          (from, small) -> kernel(handler, from, small ? 1 : most, kernel -> {});
      long idle = most == 1 ? Long.MAX_VALUE : sizes.idleNanos(); // the smallest already
      var control = new Control(file.control());
      var completed = new CompletedSequences(file.completions(), shape.slots());
      return context
          .lull()
          .start(() -> new ElasticKernel(control, completed, resume, idle, launcher, ended(held)));
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

  private CudaKernel kernel(
      HandlerSpec handler, Resume resume, int blocks, Consumer<? super CudaKernel> onEnd) {
    setMirror(resume);
    return new CudaKernel(
        context,
        new Control(file.control()),
        stream,
        handler.linkEntryPoint(),
        parameter(handler, resume),
        resume,
        blocks,
        onEnd);
  }

  /** Nothing is taken from the first sequence on. */
  private void setMirror(Resume resume) {
    ByteBuffer near = ByteBuffer.allocateDirect(MIRROR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    near.putLong(MIRROR_TICKETS, resume.first() / shape.ticketSlots());
    near.putLong(MIRROR_HEAD, resume.first());
    Address mirror = arena.at(shape.mirrorPlace());
    context.enter();
    check(cuMemcpyHtoDAsync(mirror, Pointer.to(near), MIRROR_BYTES, stream), "setting the mirror");
    check(cuStreamSynchronize(stream), "setting the mirror");
  }

  /** {@code struct Ring} of {@code link/memory.h}. */
  private ByteBuffer parameter(HandlerSpec handler, Resume resume) {
    ByteBuffer ring = ByteBuffer.allocateDirect(RING_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    shared.forEach(block -> ring.putLong(block.value()));
    ring.putLong(arena.at(shape.statesPlace()).value());
    ring.putLong(arena.at(shape.mirrorPlace()).value());
    ring.putLong(arena.at(0).value()).putLong(arena.bytes() / UNIT);
    ring.putLong(resume.first()).putLong(resume.resumeEnd()).putLong(resume.end());
    ring.putInt(shape.slots() - 1).putInt(Integer.numberOfTrailingZeros(shape.slots()));
    ring.putInt(Integer.numberOfTrailingZeros(shape.ticketSlots())).putInt(shape.maxTries());
    ring.putInt(shape.expressBytes()).putInt(shape.windowBytes() / UNIT);
    ring.putInt(handler.isInOrder() ? 1 : 0).putInt(0);
    for (long param : handler.params()) {
      ring.putLong(param);
    }
    return ring;
  }

  @Override
  public void close() {
    context.enter();
    if (cuStreamQuery(stream) == CUDA_SUCCESS) { // else it hangs, or the context is dead
      giveBack();
    }
  }

  private void giveBack() {
    new Steps().run(() -> context.giveBackStream(stream)).run(() -> context.unpin(pinned)).finish();
  }
}
