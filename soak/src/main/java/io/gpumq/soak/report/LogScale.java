package io.gpumq.soak.report;

import java.util.ArrayList;
import java.util.List;

/** Maps values to heights in a drawing, a decade as far as the next; whole decades at its ends. */
final class LogScale {
  private final double lowest;
  private final double highest;
  private final double top;
  private final double bottom;

  /**
   * @param values to be shown; those not above zero are shown at the bottom
   * @param top y of the highest decade
   * @param bottom y of the lowest one
   */
  LogScale(List<Double> values, double top, double bottom) {
    double min = values.stream().filter(v -> v > 0).min(Double::compare).orElse(1.0);
    double max = values.stream().filter(v -> v > 0).max(Double::compare).orElse(10.0);
    this.lowest = Math.floor(Math.log10(min));
    this.highest = Math.max(lowest + 1, Math.ceil(Math.log10(max)));
    this.top = top;
    this.bottom = bottom;
  }

  double y(double value) {
    double share = value > 0 ? (Math.log10(value) - lowest) / (highest - lowest) : 0;
    return bottom - Math.max(0, share) * (bottom - top);
  }

  /** The decades from the lowest to the highest. */
  List<Double> decades() {
    var decades = new ArrayList<Double>();
    for (double exponent = lowest; exponent <= highest; exponent++) {
      decades.add(Math.pow(10, exponent));
    }
    return decades;
  }
}
