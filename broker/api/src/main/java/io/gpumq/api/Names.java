package io.gpumq.api;

import java.util.Objects;

/** Keeps the one rule for names of queues, groups and consumers. */
public final class Names {
  private static final int LONGEST = 64;

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
    if (!isLegal(name)) {
      throw new ConfigException(
          what + " '" + name + "': must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
    }
    return name;
  }

  private static boolean isLegal(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!isLetter && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return !name.isEmpty() && name.length() <= LONGEST;
  }
}
