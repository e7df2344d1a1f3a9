package io.gpumq.soak.report;

import java.util.Locale;

/** Figures as people read them. */
final class Numbers {
  private Numbers() {}

  /** Thousands apart; decimals for small figures alone: {@code 12,345,678}, {@code 3.42}. */
  static String plain(double value) {
    if (value >= 1000 || value == 0) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }

  /** Three digits and a unit: {@code 12.3 M}, {@code 840 k}. */
  static String brief(double value) {
    if (value >= 1e9) {
      return plain(value / 1e9) + " G";
    } else if (value >= 1e6) {
      return plain(value / 1e6) + " M";
    } else if (value >= 1e3) {
      return plain(value / 1e3) + " k";
    }
    return plain(value);
  }

  /** Thousands apart: {@code 12,345}. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A power of ten as a scale shows it: {@code 0.1}, {@code 10}, {@code 100 k}. */
  static String decade(double value) {
    return value < 1 ? "" + value : brief(value).replaceFirst("\\.0+(?= |$)", "");
  }

  /** {@code 256 B}, {@code 4 KiB}. */
  static String bytes(int bytes) {
    return bytes >= 1024 && bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " B";
  }

  /** How a device is called wherever a figure of it is shown. */
  static String device(String device) {
    return device.equals("host") ? "host device (no GPU)" : device;
  }
}
