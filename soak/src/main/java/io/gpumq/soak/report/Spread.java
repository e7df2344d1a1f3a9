package io.gpumq.soak.report;

import java.util.Collection;

/** How several measurements of one figure lie. */
record Spread(double lowest, double median, double highest) {
  /**
   * @param values one or more
   */
  static Spread of(Collection<Double> values) {
    double[] rising = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = rising.length / 2;
    double median = rising.length % 2 == 1 ? rising[half] : (rising[half - 1] + rising[half]) / 2;
    return new Spread(rising[0], median, rising[rising.length - 1]);
  }
}
