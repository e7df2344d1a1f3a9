package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUevent_flags.CU_EVENT_DISABLE_TIMING;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import io.gpumq.spi.Steps;
import io.gpumq.trackb.spi.CopyEngine;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;

/**
 * Copies on two streams, one for each way. Behind each copy an event is recorded, by whose index it
 * is awaited; there are as many events as copies were ever on their way at once.
 */
final class CudaCopyEngine implements CopyEngine {
  private final CudaContext context;
  private final CudaArena arena;
  private final ByteBuffer memory;
  private final Pointer base;

  // Guarded by this object.
  private final List<CUevent> events = new ArrayList<>();
  private final ArrayDeque<Integer> idle = new ArrayDeque<>();

  /** Pins the memory. */
  CudaCopyEngine(CudaContext context, CudaArena arena, ByteBuffer memory) {
    this.context = context;
    this.arena = arena;
    this.memory = memory;
    base = Pointer.to(memory);
    context.pin(memory);
  }

  @Override
  public long write(long place, int from, int bytes) {
    CUstream stream = context.toDevice();
    Pointer source = base.withByteOffset(from);
    return record(
        stream,
        () -> check(cuMemcpyHtoDAsync(arena.at(place), source, bytes, stream), "copying to VRAM"));
  }

  @Override
  public long read(long place, int to, int bytes) {
    CUstream stream = context.fromDevice();
    Pointer target = base.withByteOffset(to);
    return record(
        stream,
        () ->
            check(cuMemcpyDtoHAsync(target, arena.at(place), bytes, stream), "copying from VRAM"));
  }

  /** Begins a copy; its event also waits for what another thread began meanwhile. */
  private int record(CUstream stream, Runnable copy) {
    int[] index = new int[1];
    arena.using(() -> index[0] = takeEvent()); // first: what has begun must not go unmarked
    try {
      arena.using(
          () -> {
            copy.run();
            check(cuEventRecord(event(index[0]), stream), "marking the end of a copy");
          });
    } catch (Throwable e) {
      Steps.undo(e, () -> giveBack(index[0]));
      throw e;
    }
    return index[0];
  }

  @Override
  public void await(long copy) {
    int index = (int) copy;
    arena.using(() -> check(cuEventSynchronize(event(index)), "waiting for a copy"));
    giveBack(index);
  }

  private synchronized CUevent event(int index) {
    return events.get(index);
  }

  private synchronized int takeEvent() {
    if (!idle.isEmpty()) {
      return idle.pop();
    }
    CUevent event = new CUevent();
    check(cuEventCreate(event, CU_EVENT_DISABLE_TIMING), "making an event");
    events.add(event);
    return events.size() - 1;
  }

  private synchronized void giveBack(int index) {
    idle.push(index);
  }

  /** Does nothing where the context is dead: what it held is gone with it. */
  @Override
  public void close() {
    if (arena.isAlive()) {
      Steps steps = new Steps();
      steps.run(() -> context.unpin(List.of(memory)));
      events.forEach(event -> steps.run(() -> check(cuEventDestroy(event), "ending an event")));
      steps.finish();
    }
  }
}
