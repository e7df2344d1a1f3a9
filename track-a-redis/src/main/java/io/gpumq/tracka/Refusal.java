package io.gpumq.tracka;

import java.util.List;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Errors that Redis answers for a while, to whoever asks. It has done and lost nothing. */
final class Refusal {
  /** It runs another client's script, or loads its data. */
  private static final List<String> SOON_OVER = List.of("BUSY ", "LOADING");

  /** Without memory, a disk to save to, enough replicas, or connections; or no master just now. */
  private static final List<String> SHORT_OF =
      List.of(
          Refusal.NO_MEMORY,
          "MISCONF",
          "NOREPLICAS",
          "READONLY",
          "MASTERDOWN",
          Refusal.TOO_MANY_CLIENTS);

  private static final String NO_MEMORY = "OOM";
  private static final String TOO_MANY_CLIENTS = "ERR max number of clients";

  /** How older servers tell of a script's command that they refused. */
  private static final String IN_SCRIPT = ": -";

  private Refusal() {}

  /** Whether it is worth waiting for the end of it. */
  static boolean isSoonOver(JedisDataException error) {
    return beginsAsOneOf(SOON_OVER, error);
  }

  /** Whether the same may be granted later: the queue goes on. */
  static boolean isForTheMoment(JedisDataException error) {
    return isSoonOver(error) || beginsAsOneOf(SHORT_OF, error);
  }

  /** Whether it has no memory. */
  static boolean isOfMemory(JedisDataException error) {
    return beginsAsOneOf(List.of(NO_MEMORY), error);
  }

  /** Whether a connection broke because Redis takes no more of them. */
  static boolean isOfConnections(JedisConnectionException broken) {
    return String.valueOf(broken.getMessage()).contains(TOO_MANY_CLIENTS);
  }

  private static boolean beginsAsOneOf(List<String> beginnings, JedisDataException error) {
    String message = error.getMessage();
    return message != null
        && beginnings.stream()
            .anyMatch(each -> message.startsWith(each) || message.contains(IN_SCRIPT + each));
  }
}
