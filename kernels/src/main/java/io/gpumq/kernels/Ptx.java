package io.gpumq.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The kernels, compiled to PTX: assembly for any GPU of compute capability 7.5 or newer, which the
 * driver compiles for the one it finds.
 */
public final class Ptx {
  private static final String RESOURCE = "gpumq.ptx";

  private Ptx() {}

  /**
   * Returns the PTX followed by one zero byte, as {@code cuModuleLoadData} wants it: without that
   * byte the driver reads on past the end and answers CUDA_ERROR_INVALID_PTX.
   *
   * @return a fresh array, some 100 KB
   * @throws IllegalStateException if the jar was built without its PTX
   */
  public static byte[] zeroTerminated() {
    try (var in = Ptx.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            "no " + RESOURCE + " beside " + Ptx.class.getName() + ": build it by build-ptx.sh");
      }
      byte[] text = in.readAllBytes();
      return Arrays.copyOf(text, text.length + 1);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }
}
