package io.gpumq.cli;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 60G}, {@code 1.5M}, {@code 800k} as powers of ten; a number alone is bytes. */
final class Sizes implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)([kMG]?)");

  @Override
  public Long convert(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new TypeConversionException(
          "'" + text + "': must be a number of bytes, or one and k, M or G, such as 60G");
    }
    long unit =
        switch (form.group(2)) {
          case "k" -> 1_000L;
          case "M" -> 1_000_000L;
          case "G" -> 1_000_000_000L;
          default -> 1L;
        };
    return new BigDecimal(form.group(1))
        .multiply(BigDecimal.valueOf(unit))
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .longValue();
  }
}
