package io.gpumq.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

final class HostCrc32c implements HostHandler {
  private final CRC32C crc = new CRC32C();

  @Override
  public int handle(ByteBuffer payload, ByteBuffer result, int attempt) {
    crc.reset();
    crc.update(payload);
    int value = (int) crc.getValue();
    result.putInt(result.order() == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
    return OK;
  }
}
