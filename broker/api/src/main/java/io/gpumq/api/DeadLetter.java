package io.gpumq.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps a message that was given up, and says why. Immutable, but for the array.
 *
 * @param id what its queue knows the letter by: unlike that of any other letter that the queue has
 *     had since it was opened
 * @param sequence the message's position in the queue; two letters have the same where two groups
 *     gave the message up, or one did again after it was moved back
 * @param cause which limit it met
 * @param reason the same in words, with the handler's error code where there is one
 * @param count handler attempts for {@link Cause#HANDLER_FAILED} and {@link Cause#HANDLER_FAULT},
 *     deliveries for {@link Cause#DELIVERY_LIMIT}
 * @param group the group that gave it up, or "" where the handler failed and no group saw it
 * @param key the key that the message was sent with, if it has one
 * @param sent when the message was sent, to the millisecond
 * @param payload the message as it was sent
 */
public record DeadLetter(
    long id,
    long sequence,
    Cause cause,
    String reason,
    int count,
    String group,
    OptionalLong key,
    Instant sent,
    byte[] payload) {
  /** So many bytes of a payload that is no text stand in {@link #toString}. */
  private static final int SHOWN_BYTES = 32;

  /** Tells why a message was given up. */
  public enum Cause {
    /** Says that the handler failed at each of its attempts. */
    HANDLER_FAILED,
    /**
     * Says that the handler ended the process that it ran in, or hung, with this message alone.
     * Only where handlers run in a process of their own.
     */
    HANDLER_FAULT,
    /** Says that one group was delivered it as often as allowed and did not acknowledge it. */
    DELIVERY_LIMIT
  }

  /**
   * Returns the payload as text, if it is UTF-8 without control characters other than tabs and line
   * ends.
   */
  public Optional<String> text() {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      boolean isText = text.chars().allMatch(c -> !Character.isISOControl(c) || isLayout(c));
      return isText ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isLayout(int c) {
    return c == '\t' || c == '\n' || c == '\r';
  }

  /** Returns all of the letter in one line, its payload as text where it is text, else in hex. */
  @Override
  public String toString() {
    int shown = Math.min(payload.length, SHOWN_BYTES);
    String hex =
        HexFormat.of().formatHex(payload, 0, shown) + (shown < payload.length ? "..." : "");
    return "DeadLetter[letter "
        + id
        + ", sequence "
        + sequence
        + (key.isPresent() ? ", key " + key.getAsLong() : "")
        + ", sent "
        + sent
        + (group.isEmpty() ? "" : ", group '" + group + "'")
        + ": "
        + reason
        + "; "
        + payload.length
        + " bytes: "
        + text().map(text -> '"' + text + '"').orElse(hex)
        + "]";
  }
}
