package io.gpumq.trackb.memory;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a ring's file says: {@code gpumq-PID.START-RANDOM-LABEL.ring}, and {@code .vram}
 * for the memory beside it, with {@code .unfinished} behind it until the file is whole. Nobody can
 * guess it, so nobody can take it first.
 *
 * @param owner the process that made it, by its number where it runs
 * @param random hexadecimal digits
 * @param label what it is: a ring, say
 */
public record RingFileName(Owner owner, String random, String label) {
  public static final String RING = ".ring";
  public static final String MEMORY = ".vram";

  private static final Pattern FORM =
      Pattern.compile(
          "gpumq-(\\d{1,18})\\.(\\d{1,18})-([0-9a-f]{1,32})-(.+)\\.(?:ring|vram)(\\.unfinished)?");

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 12;

  /** Returns a name for a ring of this process that no other has. */
  public static RingFileName fresh(String label) {
    byte[] random = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(random);
    return new RingFileName(Owner.self(), HexFormat.of().formatHex(random), label);
  }

  /** Returns what a file's name says; empty for the name of anything else. */
  public static Optional<RingFileName> of(Path path) {
    Matcher matcher = FORM.matcher(path.getFileName().toString());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Owner owner = new Owner(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    return Optional.of(new RingFileName(owner, matcher.group(3), matcher.group(4)));
  }

  public Path ring(Path folder) {
    return folder.resolve(stem() + RING);
  }

  public Path memory(Path folder) {
    return folder.resolve(stem() + MEMORY);
  }

  private String stem() {
    return "gpumq-" + owner.pid() + "." + owner.start() + "-" + random + "-" + label;
  }
}
