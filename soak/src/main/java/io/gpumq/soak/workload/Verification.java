package io.gpumq.soak.workload;

import java.util.Locale;

/** How much of each message is written by its producer, and checked by its consumer. */
public enum Verification {
  /** Every byte, and what the handler made of it. */
  FULL("every byte") {
    @Override
    public Bodies bodies(long seed, int payloadBytes) {
      return new BodyPool(seed, payloadBytes);
    }
  },
  /**
   * The header, the length, and one word at a place that is drawn for each message. Of what the
   * handler made the length, and one of 256 whole.
   */
  LIGHT("one word of each") {
    @Override
    public Bodies bodies(long seed, int payloadBytes) {
      return new DrawnWords(seed, payloadBytes);
    }
  };

  private final String checked;

  Verification(String checked) {
    this.checked = checked;
  }

  /** The verification of that {@link #key()}. */
  public static Verification of(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT));
  }

  /**
   * The bodies of a run's messages.
   *
   * @param seed that they are drawn from
   * @param payloadBytes of a whole message, {@link Message#MIN_BYTES} or more
   */
  public abstract Bodies bodies(long seed, int payloadBytes);

  /** What programs call it, such as {@code light}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is checked of messages, beside sequence and length, in words. */
  public String checked() {
    return checked;
  }
}
