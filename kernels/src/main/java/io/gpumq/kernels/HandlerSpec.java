package io.gpumq.kernels;

import io.gpumq.api.ConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A handler and its parameters, as a user names them: {@code echo}, {@code crc32c}, {@code sha256},
 * or {@code fail:every=N[,attempts=K][,how=error|trap|address|loop]}. All but {@code echo}, which
 * runs nothing, take {@code order=key}, too. Immutable.
 *
 * @param text what was parsed
 * @param handler which handler
 * @param failure what {@link Handler#FAIL} does; null for every other handler
 * @param isInOrder whether it runs in the order of keys: on no message before it has run on the one
 *     sent before with the same key, all its attempts included
 */
public record HandlerSpec(String text, Handler handler, Failure failure, boolean isInOrder) {
  private static final String IN_ORDER = "order=key";

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
    List<String> parameters = new ArrayList<>();
    if (colon >= 0) {
      parameters.addAll(List.of(text.substring(colon + 1).split(",", -1)));
    }
    boolean isInOrder = handler != Handler.ECHO && parameters.remove(IN_ORDER);
    if (handler == Handler.FAIL) {
      return new HandlerSpec(text, handler, Failure.parse(text, parameters), isInOrder);
    }
    if (!parameters.isEmpty()) {
      String takes = handler == Handler.ECHO ? "no parameters" : "no parameter but " + IN_ORDER;
      throw new ConfigException("handler '" + text + "': " + handler.label() + " takes " + takes);
    }
    return new HandlerSpec(text, handler, null, isInOrder);
  }

  /**
   * As {@link #parse}, for a batch device: that handles messages side by side.
   *
   * @throws ConfigException if the handler is to run in the order of keys, too
   */
  public static HandlerSpec parseForBatches(String text) {
    HandlerSpec spec = parse(text);
    if (spec.isInOrder) {
      throw new ConfigException(
          "handler '" + text + "': Track A handles a batch at once; leave " + IN_ORDER + " out");
    }
    return spec;
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
