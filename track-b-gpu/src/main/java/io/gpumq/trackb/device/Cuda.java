package io.gpumq.trackb.device;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuInit;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackUnavailableException;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The CUDA driver: whether it can be used here, and what its answers mean. */
final class Cuda {
  /** The name that users write. */
  static final String DEVICE = "cuda";

  /** nvcc 13 writes PTX that drivers of CUDA 13 and newer understand. */
  private static final int LEAST_DRIVER = 13000;

  /** The oldest GPU that the PTX is built for. */
  private static final int LEAST_CAPABILITY = 75;

  private static final String UNAVAILABLE = probe();

  private Cuda() {}

  /** Why no GPU can be used in this process, or {@code null} if one can. */
  static String unavailable() {
    return UNAVAILABLE;
  }

  /**
   * @throws TrackUnavailableException if no GPU can be used in this process; says why
   */
  static void requireAvailable() {
    if (UNAVAILABLE != null) {
      throw new TrackUnavailableException("device '" + DEVICE + "': " + UNAVAILABLE);
    }
  }

  private static String probe() {
    try {
      Natives.load(() -> JCudaDriver.setExceptionsEnabled(false));
      int result = cuInit(0);
      if (result != CUDA_SUCCESS) {
        return "the CUDA driver does not start: " + name(result) + "; see nvidia-smi";
      }
      int[] count = {0};
      if (cuDeviceGetCount(count) != CUDA_SUCCESS || count[0] == 0) {
        return "the CUDA driver finds no GPU; see nvidia-smi";
      }
      int[] version = {0};
      cuDriverGetVersion(version);
      if (version[0] < LEAST_DRIVER) {
        return "the NVIDIA driver speaks CUDA "
            + cudaVersion(version[0])
            + ": must be "
            + cudaVersion(LEAST_DRIVER)
            + " or newer (driver 580 or newer)";
      }
      return null;
    } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
      return Natives.whyNot(e);
    }
  }

  private static String cudaVersion(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** Throws unless the GPU is new enough. */
  static void requireCapable(CUdevice device, String description) {
    int capability =
        10 * attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    if (capability < LEAST_CAPABILITY) {
      throw new ConfigException(
          description
              + ": compute capability "
              + capability / 10.0
              + ": must be "
              + LEAST_CAPABILITY / 10.0
              + " or newer");
    }
  }

  static int attribute(CUdevice device, int attribute) {
    int[] value = {0};
    check(
        cuDeviceGetAttribute(value, attribute, device),
        "asking the GPU for attribute " + attribute);
    return value[0];
  }

  /**
   * @param doing what was asked of the driver, for the error
   * @throws TrackFailedException unless {@code result} is success
   */
  static void check(int result, String doing) {
    if (result != CUDA_SUCCESS) {
      throw new TrackFailedException(doing + " failed: " + name(result));
    }
  }

  /** The driver's name of a result, and its number. */
  static String name(int result) {
    String[] name = {null};
    cuGetErrorName(result, name);
    return (name[0] != null ? name[0] : CUresult.stringFor(result)) + " (" + result + ")";
  }
}
