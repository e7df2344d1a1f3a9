package io.gpumq.spi;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import java.util.Map;

/**
 * The largest payload that a queue of a track may take: the setting {@code max-payload-bytes} of
 * every track.
 *
 * @param bytes 0 to {@link QueueConfig#MAX_PAYLOAD_BYTES}, which it is where nothing is set
 */
public record PayloadLimit(int bytes) {
  /** The setting's name. */
  public static final String SETTING = "max-payload-bytes";

  /**
   * Understands the setting.
   *
   * @throws ConfigException if its value cannot be
   */
  public static PayloadLimit of(Map<String, String> settings) {
    String text = settings.get(SETTING);
    return text == null ? new PayloadLimit(QueueConfig.MAX_PAYLOAD_BYTES) : parse(text);
  }

  private static PayloadLimit parse(String text) {
    try {
      int bytes = Integer.parseInt(text);
      if (bytes >= 0 && bytes <= QueueConfig.MAX_PAYLOAD_BYTES) {
        return new PayloadLimit(bytes);
      }
    } catch (NumberFormatException e) {
      // told below, as any other that cannot be
    }
    throw new ConfigException(
        SETTING + " '" + text + "': must be between 0 and " + QueueConfig.MAX_PAYLOAD_BYTES);
  }

  /**
   * Refuses a queue that would take larger ones.
   *
   * @throws ConfigException says how large they may be
   */
  public void require(QueueConfig config) {
    if (config.maxPayloadBytes() > bytes) {
      throw new ConfigException(
          SETTING
              + " "
              + config.maxPayloadBytes()
              + " of queue '"
              + config.name()
              + "': must be at most "
              + bytes
              + ", which this track was opened with");
    }
  }
}
