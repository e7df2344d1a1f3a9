package io.gpumq.kernels;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which messages {@link Handler#FAIL} fails on, and how: those of at least 8 bytes whose first 8
 * bytes, as an unsigned little-endian number, are a multiple of {@code every}.
 *
 * @param every 1 or more
 * @param attempts how many of the first attempts at such a message fail: 1 to {@value
 *     QueueConfig#MAX_HANDLER_ATTEMPTS}, or {@link #ALL_ATTEMPTS}
 * @param how what failing means
 */
public record Failure(long every, int attempts, How how) {
  /** Value of {@link #attempts}: a message that fails once fails always. */
  public static final int ALL_ATTEMPTS = Integer.MAX_VALUE;

  static final String USAGE = "fail:every=N[,attempts=K][,how=error|trap|address|loop][,order=key]";

  /** What failing means. */
  public enum How {
    /** The handler returns {@link HostHandler#FAILED}. */
    ERROR,
    /** The kernel dies by a trap instruction. */
    TRAP,
    /** The kernel dies by writing to an illegal address. */
    ADDRESS,
    /** The handler never returns. */
    LOOP
  }

  private enum Key {
    EVERY,
    ATTEMPTS,
    HOW
  }

  /** Parses what follows {@code fail:} in {@code spec}. */
  static Failure parse(String spec, List<String> parameters) {
    Map<Key, String> given = new EnumMap<>(Key.class);
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      Key key = equals < 0 ? null : constant(Key.values(), parameter.substring(0, equals));
      if (key == null) {
        throw refuse(spec, "parameter '" + parameter + "': must be as in " + USAGE);
      }
      if (given.put(key, parameter.substring(equals + 1)) != null) {
        throw refuse(spec, "parameter '" + parameter + "': its name must appear once");
      }
    }
    if (!given.containsKey(Key.EVERY)) {
      throw refuse(spec, "every is missing: must be as in " + USAGE);
    }
    long every = number(spec, "every", given.get(Key.EVERY), Long.MAX_VALUE);
    String attempts = given.get(Key.ATTEMPTS);
    String how = given.getOrDefault(Key.HOW, "error");
    How way = constant(How.values(), how);
    if (way == null) {
      throw refuse(spec, "how '" + how + "': must be error, trap, address or loop");
    }
    return new Failure(
        every,
        attempts == null
            ? ALL_ATTEMPTS
            : (int) number(spec, "attempts", attempts, QueueConfig.MAX_HANDLER_ATTEMPTS),
        way);
  }

  /** Whether this attempt, from 1, at a message that begins with {@code first} fails. */
  boolean hits(long first, int attempt) {
    return attempt <= attempts && Long.remainderUnsigned(first, every) == 0;
  }

  private static long number(String spec, String name, String digits, long max) {
    try {
      long value = Long.parseLong(digits);
      if (value >= 1 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of its range is.
    }
    throw refuse(spec, name + " '" + digits + "': must be a number between 1 and " + max);
  }

  private static <E extends Enum<E>> E constant(E[] all, String label) {
    for (E one : all) {
      if (one.name().toLowerCase(Locale.ROOT).equals(label)) {
        return one;
      }
    }
    return null;
  }

  private static ConfigException refuse(String spec, String why) {
    return new ConfigException("handler '" + spec + "': " + why);
  }
}
