package io.gpumq.soak.report;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.GsonBuilder;
import java.math.BigDecimal;
import java.math.MathContext;

/** How every result is written for programs. */
final class Json {
  private Json() {}

  /** A record as text, its names in lower case with underscores, nulls included. */
  static String text(Object value) {
    return new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .serializeNulls()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create()
            .toJson(value)
        + "\n";
  }

  /** To six digits: more says nothing. */
  static double round(double value) {
    return new BigDecimal(value).round(new MathContext(6)).doubleValue();
  }
}
