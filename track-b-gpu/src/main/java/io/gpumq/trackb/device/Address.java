package io.gpumq.trackb.device;

import jcuda.driver.CUdeviceptr;

/** A device pointer whose value can be read: what a kernel's parameter block is packed from. */
final class Address extends CUdeviceptr {
  Address() {}

  private Address(Address base, long offset) {
    super(base, offset);
  }

  /** So many bytes further on. */
  Address plus(long bytes) {
    return new Address(this, getByteOffset() + bytes);
  }

  long value() {
    return getNativePointer() + getByteOffset();
  }
}
