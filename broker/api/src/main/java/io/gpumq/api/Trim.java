package io.gpumq.api;

import java.time.Duration;
import java.util.Objects;

/** Says which of a queue's oldest messages a {@link MessageQueue#trim} takes. Immutable. */
public sealed interface Trim permits Trim.ToMessages, Trim.ToBytes, Trim.Below, Trim.OlderThan {
  /**
   * Leaves the newest messages.
   *
   * @param most how many, 0 or more, parted evenly among the lanes
   */
  record ToMessages(long most) implements Trim {
    /** Checks the value. */
    public ToMessages {
      require("messages", most);
    }
  }

  /**
   * Leaves the newest messages that take no more bytes of the store, all that lies beside payloads
   * included. Track A refuses it.
   *
   * @param most how many bytes, 0 or more, parted evenly among the lanes
   */
  record ToBytes(long most) implements Trim {
    /** Checks the value. */
    public ToBytes {
      require("bytes", most);
    }
  }

  /**
   * Leaves what lies at a position or behind it, in the lane of that.
   *
   * @param sequence the position
   */
  record Below(long sequence) implements Trim {}

  /**
   * Leaves what was sent lately.
   *
   * @param age how long ago at most; zero or more
   */
  record OlderThan(Duration age) implements Trim {
    /** Checks the value. */
    public OlderThan {
      Objects.requireNonNull(age, "age");
      if (age.isNegative()) {
        throw new ConfigException("age " + age + ": must be zero or more");
      }
    }
  }

  /** Returns {@link ToMessages}. */
  static Trim toMessages(long most) {
    return new ToMessages(most);
  }

  /** Returns {@link ToBytes}. */
  static Trim toBytes(long most) {
    return new ToBytes(most);
  }

  /** Returns {@link Below}. */
  static Trim below(long sequence) {
    return new Below(sequence);
  }

  /** Returns {@link OlderThan}. */
  static Trim olderThan(Duration age) {
    return new OlderThan(age);
  }

  private static void require(String what, long given) {
    if (given < 0) {
      throw new ConfigException(what + " " + given + ": must be 0 or more");
    }
  }
}
