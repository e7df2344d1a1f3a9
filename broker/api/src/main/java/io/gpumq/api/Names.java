package io.gpumq.api;

import java.util.Objects;
import java.util.regex.Pattern;

/** Keeps the one rule for names of queues, groups and consumers. */
public final class Names {
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private Names() {}

  /**
   * Returns {@code name} if it is legal: 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}.
   *
   * @param what the thing that is named, for the error
   * @param name the name
   * @throws ConfigException if it is not legal
   * @throws NullPointerException if it is {@code null}
   */
  public static String require(String what, String name) {
    Objects.requireNonNull(name, what);
    if (!LEGAL.matcher(name).matches()) {
      throw new ConfigException(
          what + " '" + name + "': must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
    }
    return name;
  }
}
