package io.gpumq.api;

/** A setting that cannot be: names it, its value, and what is allowed. */
public class ConfigException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
