package io.gpumq.trackb.device;

import jcuda.driver.CUdeviceptr;

/** A device pointer whose value can be read: what a kernel's parameter block is packed from. */
final class Address extends CUdeviceptr {
  long value() {
    return getNativePointer() + getByteOffset();
  }
}
