package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How an entry of a stream says that it is a dead letter: by fields behind its payload and its key,
 * named {@code q} (queue), {@code s} (sequence there), {@code c} (cause), {@code r} (reason),
 * {@code n} (count), {@code o} (the group that gave it up).
 */
final class LetterFields {
  /** The name of its payload's field: that of no producer. */
  static final byte[] PAYLOAD = Args.bytes("-");

  private LetterFields() {}

  /** Adds what is said of a letter. */
  static void add(List<byte[]> args, DeadLetter letter) {
    add(args, "q", Args.bytes(letter.queue()));
    add(args, "s", Args.bytes(letter.sequence()));
    add(args, "c", Args.bytes(letter.cause().name()));
    add(args, "r", letter.reason().getBytes(UTF_8));
    add(args, "n", Args.bytes(letter.count()));
    add(args, "o", Args.bytes(letter.group()));
  }

  private static void add(List<byte[]> args, String name, byte[] value) {
    args.add(Args.bytes(name));
    args.add(value);
  }

  /** Returns what the fields of an entry say, or null if it is no letter. */
  static DeadLetter read(List<?> fields) {
    Map<String, byte[]> values = new HashMap<>();
    for (int i = 2; i + 1 < fields.size(); i += 2) {
      values.put(Args.text(fields.get(i)), (byte[]) fields.get(i + 1));
    }
    if (!values.containsKey("q")) {
      return null;
    }
    return new DeadLetter(
        Args.text(values.get("q")),
        Long.parseLong(Args.text(values.get("s"))),
        Cause.valueOf(Args.text(values.get("c"))),
        new String(values.get("r"), UTF_8),
        Integer.parseInt(Args.text(values.get("n"))),
        Args.text(values.get("o")));
  }
}
