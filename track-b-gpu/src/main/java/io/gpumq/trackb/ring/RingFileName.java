package io.gpumq.trackb.ring;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a ring's file says: {@code gpumq-PID.START-NUMBER-QUEUE.ring}, and {@code .vram}
 * for the memory beside it.
 *
 * @param owner the process that made it
 * @param number which of that process's rings
 * @param queue the queue's name
 */
public record RingFileName(Owner owner, int number, String queue) {
  static final String RING = ".ring";
  static final String MEMORY = ".vram";

  private static final Pattern FORM =
      Pattern.compile("gpumq-(\\d{1,18})(?:\\.(\\d{1,18}))?-(\\d{1,9})-(.+)\\.(?:ring|vram)");

  /** Empty for the name of anything else. A version before this one left the start out. */
  public static Optional<RingFileName> of(Path path) {
    Matcher matcher = FORM.matcher(path.getFileName().toString());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String start = matcher.group(2);
    Owner owner =
        new Owner(
            Long.parseLong(matcher.group(1)),
            start == null ? Owner.UNKNOWN : Long.parseLong(start));
    return Optional.of(
        new RingFileName(owner, Integer.parseInt(matcher.group(3)), matcher.group(4)));
  }

  Path ring(Path folder) {
    return folder.resolve(stem() + RING);
  }

  Path memory(Path folder) {
    return folder.resolve(stem() + MEMORY);
  }

  private String stem() {
    return "gpumq-" + owner.pid() + "." + owner.start() + "-" + number + "-" + queue;
  }
}
