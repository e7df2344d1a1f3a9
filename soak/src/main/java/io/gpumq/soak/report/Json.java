package io.gpumq.soak.report;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.math.BigDecimal;
import java.math.MathContext;

/** How every result is written for programs, and read again. */
final class Json {
  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .serializeNulls()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .create();

  private Json() {}

  /** A record as text, its names in lower case with underscores, nulls included. */
  static String text(Object value) {
    return GSON.toJson(value) + "\n";
  }

  /**
   * The record that such a text holds. A name that the text lacks gives null or 0: a text of an
   * older build has fewer.
   *
   * @throws com.google.gson.JsonParseException if the text is none of that record
   */
  static <T> T read(String text, Class<T> type) {
    return GSON.fromJson(text, type);
  }

  /** To six digits: more says nothing. */
  static double round(double value) {
    return new BigDecimal(value).round(new MathContext(6)).doubleValue();
  }
}
