package io.gpumq.kernels;

import io.gpumq.api.ConfigException;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A handler and its parameters, as a user names them: {@code echo}, {@code crc32c}, {@code sha256},
 * or {@code fail:every=N[,attempts=K][,how=error|trap|address|loop]}. Immutable.
 *
 * @param text what was parsed
 * @param handler which handler
 * @param failure what {@link Handler#FAIL} does; null for every other handler
 */
public record HandlerSpec(String text, Handler handler, Failure failure) {
  /** Length of {@link #params()}. */
  public static final int PARAMS = 4;

  public HandlerSpec {
    Objects.requireNonNull(text, "text");
    if ((handler == Handler.FAIL) != (failure != null)) {
      throw new IllegalArgumentException("failure: belongs to " + Handler.FAIL.label() + " alone");
    }
  }

  /**
   * Understands a handler's name and parameters.
   *
   * @throws ConfigException if there is no such handler, or a parameter is unknown or out of range
   */
  public static HandlerSpec parse(String text) {
    Objects.requireNonNull(text, "handler");
    int colon = text.indexOf(':');
    Handler handler = named(text, colon < 0 ? text : text.substring(0, colon));
    String parameters = colon < 0 ? "" : text.substring(colon + 1);
    if (handler == Handler.FAIL) {
      return new HandlerSpec(text, handler, Failure.parse(text, parameters));
    }
    if (colon >= 0) {
      throw new ConfigException(
          "handler '" + text + "': " + handler.label() + " takes no parameters");
    }
    return new HandlerSpec(text, handler, null);
  }

  private static Handler named(String text, String label) {
    for (Handler handler : Handler.values()) {
      if (handler.label().equals(label)) {
        return handler;
      }
    }
    throw new ConfigException(
        "handler '"
            + text
            + "': must be one of "
            + Arrays.stream(Handler.values())
                .map(h -> h == Handler.FAIL ? Failure.USAGE : h.label())
                .collect(Collectors.joining(", ")));
  }

  /** GPU lanes that work on one message together: a power of two, 1 to 32. */
  public int lanes() {
    return handler.lanes();
  }

  /** Bytes of every result: 0 to 32. */
  public int resultBytes() {
    return handler.resultBytes();
  }

  /** What the kernel gets as {@code HandlerParams}: a new array of {@value #PARAMS}. */
  public long[] params() {
    return failure == null
        ? new long[PARAMS]
        : new long[] {failure.every(), failure.attempts(), failure.how().ordinal(), 0};
  }

  /** Name of the persistent kernel that runs this handler on a ring. */
  public String linkEntryPoint() {
    return handler.linkEntryPoint();
  }

  /** Name of the kernel that runs this handler once over a batch. */
  public String batchEntryPoint() {
    return handler.batchEntryPoint();
  }

  /** A handler of this kind for one thread at a time. */
  public HostHandler newHostHandler() {
    return switch (handler) {
      case ECHO -> (payload, result, attempt) -> HostHandler.OK;
      case CRC32C -> new HostCrc32c();
      case SHA256 -> new HostSha256();
      case FAIL -> new HostFail(failure);
    };
  }
}
