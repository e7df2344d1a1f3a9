package io.gpumq.trackb;

import io.gpumq.api.ConfigException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory of the device a track takes for its store: the setting {@code store.bytes}. */
final class StoreBytes {
  static final String SETTING = "store.bytes";

  /** Rings keep some of it, and each queue in use a segment. */
  private static final long LEAST = 8L << 20;

  private static final Pattern FORM = Pattern.compile("(\\d{1,18})([kmgt%]?)");
  private static final String UNITS = "kmgt";

  private StoreBytes() {}

  /**
   * Returns how many, a multiple of a megabyte.
   *
   * @param free bytes that the device has free
   * @param usual what is taken where nothing is set
   * @throws ConfigException if the setting is none, or too little
   */
  static long of(Map<String, String> settings, long free, long usual) {
    String text = settings.get(SETTING);
    long bytes = text == null ? usual : parse(text, free);
    if (bytes < LEAST) {
      throw new ConfigException(
          SETTING
              + (text == null ? "" : " '" + text + "'")
              + ": "
              + bytes
              + " bytes, of "
              + free
              + " that are free: must be "
              + LEAST
              + " or more");
    }
    return bytes >> 20 << 20;
  }

  /** Whether nobody has set it. */
  static boolean isUsual(Map<String, String> settings) {
    return !settings.containsKey(SETTING);
  }

  private static long parse(String text, long free) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      String unit = matcher.group(2);
      if (!unit.equals("%")) {
        int shift = unit.isEmpty() ? 0 : 10 * (1 + UNITS.indexOf(unit));
        if (number <= Long.MAX_VALUE >> shift) {
          return number << shift;
        }
      } else if (number >= 1 && number <= 100) {
        return (long) (free / 100.0 * number);
      }
    }
    throw new ConfigException(
        SETTING
            + " '"
            + text
            + "': must be a number of bytes, which may end in K, M, G or T, or 1% to 100% of what"
            + " is free on the device");
  }
}
