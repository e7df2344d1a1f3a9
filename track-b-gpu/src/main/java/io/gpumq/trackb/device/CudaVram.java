package io.gpumq.trackb.device;

import static io.gpumq.trackb.device.Cuda.check;
import static jcuda.driver.CUipcMem_flags.CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS;
import static jcuda.driver.JCudaDriver.cuIpcCloseMemHandle;
import static jcuda.driver.JCudaDriver.cuIpcGetMemHandle;
import static jcuda.driver.JCudaDriver.cuIpcOpenMemHandle;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;

import io.gpumq.api.ConfigException;
import io.gpumq.spi.Steps;
import java.lang.reflect.Field;
import java.util.HexFormat;
import jcuda.driver.CUipcMemHandle;
import jcuda.driver.CUstream;

/**
 * One piece of VRAM: of this process alone, of this process for others to open, or of another
 * process. It outlives every process but its owner.
 */
final class CudaVram {
  /** What CUDA knows such memory by, from process to process. */
  private static final int HANDLE_BYTES = 64;

  private final Address base;
  private final String handle;
  private final Runnable release;

  private CudaVram(Address base, String handle, Runnable release) {
    this.base = base;
    this.handle = handle;
    this.release = release;
  }

  /** From the stream-ordered allocator, which waits for no kernel that runs. */
  static CudaVram inProcess(CudaContext context, long bytes, CUstream stream) {
    Address base = context.allocate(bytes, stream);
    return new CudaVram(base, null, () -> CudaContext.free(base, stream));
  }

  /** Waits for kernels of this process that run: a process that shares its VRAM has none. */
  static CudaVram shared(CudaContext context, long bytes) {
    Address base = new Address();
    CUipcMemHandle handle = new CUipcMemHandle();
    Runnable free = () -> check(cuMemFree(base), "freeing VRAM");
    Runnable release = () -> context.lull().run(free);
    check(cuMemAlloc(base, bytes), "allocating " + bytes + " bytes of VRAM");
    try {
      check(cuIpcGetMemHandle(handle, base), "sharing VRAM");
      return new CudaVram(base, Handles.text(handle), release);
    } catch (Throwable e) {
      Steps.undo(e, release);
      throw e;
    }
  }

  /**
   * Of another process.
   *
   * @throws ConfigException if {@code handle} is none
   */
  static CudaVram open(CudaContext context, String handle) {
    Address base = new Address();
    check(
        cuIpcOpenMemHandle(base, Handles.of(handle), CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS),
        "opening the VRAM of another process");
    return new CudaVram(
        base,
        handle,
        () -> context.lull().run(() -> check(cuIpcCloseMemHandle(base), "closing VRAM")));
  }

  Address base() {
    return base;
  }

  /** How another process opens it, or {@code null}. */
  String handle() {
    return handle;
  }

  void close() {
    release.run();
  }

  /** A handle's bytes, which JCuda keeps to itself, as hexadecimal digits. */
  private static final class Handles {
    private static final Field BYTES = bytes();

    private static Field bytes() {
      try {
        Field field = CUipcMemHandle.class.getDeclaredField("reserved");
        field.setAccessible(true);
        return field;
      } catch (NoSuchFieldException e) {
        throw new LinkageError("this JCuda names a memory handle's bytes otherwise", e);
      }
    }

    static String text(CUipcMemHandle handle) {
      try {
        return HexFormat.of().formatHex((byte[]) BYTES.get(handle));
      } catch (IllegalAccessException e) {
        throw new LinkageError("a memory handle's bytes cannot be read", e);
      }
    }

    static CUipcMemHandle of(String text) {
      try {
        byte[] bytes = HexFormat.of().parseHex(text);
        if (bytes.length != HANDLE_BYTES) {
          throw new IllegalArgumentException("not " + HANDLE_BYTES + " bytes");
        }
        CUipcMemHandle handle = new CUipcMemHandle();
        BYTES.set(handle, bytes);
        return handle;
      } catch (IllegalArgumentException e) {
        throw new ConfigException("VRAM handle '" + text + "': " + e.getMessage(), e);
      } catch (IllegalAccessException e) {
        throw new LinkageError("a memory handle's bytes cannot be set", e);
      }
    }
  }
}
