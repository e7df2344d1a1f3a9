package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
import static jcuda.driver.CUstream_flags.CU_STREAM_NON_BLOCKING;
import static jcuda.driver.JCudaDriver.CU_MEMHOSTREGISTER_DEVICEMAP;
import static jcuda.driver.JCudaDriver.CU_MEMHOSTREGISTER_PORTABLE;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuMemAllocAsync;
import static jcuda.driver.JCudaDriver.cuMemFreeAsync;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemHostGetDevicePointer;
import static jcuda.driver.JCudaDriver.cuMemHostRegister;
import static jcuda.driver.JCudaDriver.cuMemHostUnregister;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor;
import static jcuda.driver.JCudaDriver.cuStreamCreate;

import io.gpumq.api.ConfigException;
import io.gpumq.kernels.Handler;
import io.gpumq.kernels.Ptx;
import io.gpumq.spi.Steps;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;

/**
 * One GPU's primary context with the kernels loaded, and the calls that are safe beside a running
 * persistent kernel. {@code cuMemAlloc}, {@code cuMemFree}, {@code cuMemHostUnregister}, every call
 * on the default stream, and the loading and unloading of kernels are not: they wait for it to end.
 *
 * <p>One in a process for each GPU, however often it is opened, so that it knows of every
 * persistent kernel there.
 *
 * <p>Safe for use by many threads; each must {@link #enter} before it calls the driver.
 */
final class CudaContext implements AutoCloseable {
  /** Kernels that can run side by side in a process, at most. */
  static final int MOST_CONNECTIONS = 32;

  private static final String CONNECTIONS_VARIABLE = "CUDA_DEVICE_MAX_CONNECTIONS";
  private static final int CONNECTIONS = connections();

  /** By the GPU's ordinal; guards {@link #openings}. */
  private static final Map<Integer, CudaContext> OPEN = new HashMap<>();

  private final int ordinal;
  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUmodule module = new CUmodule();

  private final String name;
  private final Map<String, CUfunction> functions = new HashMap<>();

  /** Made at the start: beside running kernels, making a stream may wait for them to end. */
  private final ArrayDeque<CUstream> idle = new ArrayDeque<>();

  private final CUstream copyStream;
  private final CUstream toDevice;
  private final CUstream fromDevice;

  private final Lull lull = new Lull(this::enter);
  private int held;
  private int openings;

  /**
   * Opens a GPU: every opening is to be closed.
   *
   * @param ordinal which GPU, from 0
   */
  static CudaContext open(int ordinal) {
    synchronized (OPEN) {
      CudaContext opened = OPEN.computeIfAbsent(ordinal, CudaContext::new);
      opened.openings++;
      return opened;
    }
  }

  private CudaContext(int ordinal) {
    this.ordinal = ordinal;
    int[] count = {0};
    check(cuDeviceGetCount(count), "counting the GPUs");
    if (ordinal < 0 || ordinal >= count[0]) {
      throw new ConfigException(
          "cuda.device " + ordinal + ": must be between 0 and " + (count[0] - 1));
    }
    check(cuDeviceGet(device, ordinal), "opening GPU " + ordinal);
    byte[] text = new byte[256];
    check(cuDeviceGetName(text, text.length, device), "asking GPU " + ordinal + " for its name");
    name = new String(text, StandardCharsets.UTF_8).trim();
    Cuda.requireCapable(device, name);
    check(cuDevicePrimaryCtxRetain(context, device), "making a context on " + name);
    try {
      enter();
      check(cuModuleLoadData(module, Ptx.zeroTerminated()), "loading the kernels");
      for (Handler handler : Handler.values()) {
        load(handler.linkEntryPoint());
        load(handler.batchEntryPoint());
      }
      for (int i = 0; i < CONNECTIONS; i++) {
        idle.add(newStream());
      }
      copyStream = newStream();
      toDevice = newStream();
      fromDevice = newStream();
    } catch (Throwable e) {
      cuDevicePrimaryCtxRelease(device);
      throw e;
    }
  }

  /** The driver loads a kernel when it is asked for: too late beside one that runs. */
  private void load(String entryPoint) {
    CUfunction function = new CUfunction();
    check(cuModuleGetFunction(function, module, entryPoint), "loading kernel " + entryPoint);
    functions.put(entryPoint, function);
  }

  /** The GPU's name. */
  String name() {
    return name;
  }

  int multiprocessors() {
    return Cuda.attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  }

  /** Makes this context the calling thread's. */
  void enter() {
    check(cuCtxSetCurrent(context), "entering the context");
  }

  /**
   * @param entryPoint one of the names that {@link Handler} gives
   */
  CUfunction function(String entryPoint) {
    return functions.get(entryPoint);
  }

  /**
   * A stream for kernels of one's own, until it is given back. Two kernels at once want a hardware
   * connection each, or the second would wait for the first, which may never end.
   *
   * @throws ConfigException if every connection is in use
   */
  synchronized CUstream takeStream() {
    if (idle.isEmpty()) {
      throw new ConfigException(
          "all "
              + CONNECTIONS
              + " connections to "
              + name
              + " are in use, one by each ring: close queues of a kind of their own, or start this process with "
              + CONNECTIONS_VARIABLE
              + " set higher in its environment, to at most "
              + MOST_CONNECTIONS);
    }
    return idle.pop();
  }

  synchronized void giveBackStream(CUstream stream) {
    idle.push(stream);
  }

  /** The stream for copies that are waited for at once. */
  CUstream copyStream() {
    return copyStream;
  }

  /** The stream for copies to VRAM of which several are on their way. */
  CUstream toDevice() {
    return toDevice;
  }

  /** The same for copies from VRAM. */
  CUstream fromDevice() {
    return fromDevice;
  }

  private static int connections() {
    String text = System.getenv().getOrDefault(CONNECTIONS_VARIABLE, "8");
    try {
      return Math.max(1, Math.min(MOST_CONNECTIONS, Integer.parseInt(text)));
    } catch (NumberFormatException e) {
      throw new ConfigException(
          CONNECTIONS_VARIABLE + " '" + text + "': must be a number from 1 to " + MOST_CONNECTIONS,
          e);
    }
  }

  /**
   * Environment variables for a process that is to run so many kernels at once. Each connection
   * more than it needs costs a process time, when it starts and when it ends.
   */
  static Map<String, String> environment(int kernels) {
    return Map.of(CONNECTIONS_VARIABLE, Integer.toString(kernels));
  }

  private static CUstream newStream() {
    CUstream stream = new CUstream();
    check(cuStreamCreate(stream, CU_STREAM_NON_BLOCKING), "making a stream");
    return stream;
  }

  /** Bytes of VRAM that are free now. */
  long freeBytes() {
    long[] free = {0};
    long[] total = {0};
    check(cuMemGetInfo(free, total), "asking for free VRAM");
    return free[0];
  }

  Address allocate(long bytes, CUstream stream) {
    Address address = new Address();
    check(cuMemAllocAsync(address, bytes, stream), "allocating " + bytes + " bytes of VRAM");
    return address;
  }

  static void free(Address address, CUstream stream) {
    check(cuMemFreeAsync(address, stream), "freeing VRAM");
  }

  /** Pins memory and returns where kernels see it. If it fails, nothing is pinned. */
  Address pin(ByteBuffer block) {
    Address address = new Address();
    Pointer host = Pointer.to(block);
    check(
        cuMemHostRegister(
            host, block.capacity(), CU_MEMHOSTREGISTER_DEVICEMAP | CU_MEMHOSTREGISTER_PORTABLE),
        "pinning " + block.capacity() + " bytes of shared memory");
    try {
      check(cuMemHostGetDevicePointer(address, host, 0), "mapping shared memory");
    } catch (Throwable e) {
      Steps.undo(e, () -> unpin(List.of(block)));
      throw e;
    }
    return address;
  }

  /** Multiprocessors that so many blocks of a kernel fill: all of them must run at once. */
  int multiprocessorsFor(CUfunction kernel, int blocks, int threads) {
    int[] atOnce = {0};
    enter();
    check(
        cuOccupancyMaxActiveBlocksPerMultiprocessor(atOnce, kernel, threads, 0),
        "asking how many blocks a multiprocessor takes");
    return (blocks + atOnce[0] - 1) / atOnce[0];
  }

  /**
   * Keeps multiprocessors for a persistent kernel that is about to start.
   *
   * @throws ConfigException if it could not run beside the others: it would wait for one to end
   */
  synchronized void hold(int multiprocessors) {
    int free = multiprocessors() - held;
    if (multiprocessors > free) {
      throw new ConfigException(
          "the ring's kernel fills "
              + multiprocessors
              + " multiprocessors, and "
              + name
              + " has "
              + free
              + " free: close queues of a kind of their own, or set cuda.blocks lower");
    }
    held += multiprocessors;
  }

  /** A persistent kernel has ended for good, or did not start. */
  synchronized void giveBack(int multiprocessors) {
    held -= multiprocessors;
  }

  /** Starts persistent kernels, and does what would wait for them. */
  Lull lull() {
    return lull;
  }

  /** Pinned memory is no longer used: lets go of it, within a second beside running kernels. */
  void unpin(List<ByteBuffer> pinned) {
    for (ByteBuffer block : pinned) {
      lull.run(() -> check(cuMemHostUnregister(Pointer.to(block)), "unpinning shared memory"));
    }
  }

  /**
   * Gives the GPU back with the last opening, unless a kernel there hangs or has died: that is for
   * the end of the process.
   */
  @Override
  public void close() {
    synchronized (OPEN) {
      openings--;
      if (openings == 0 && lull.isIdle()) {
        OPEN.remove(ordinal);
        enter();
        lull.finish();
        cuModuleUnload(module);
        cuDevicePrimaryCtxRelease(device);
      }
    }
  }
}
