package io.gpumq.api;

/** Refuses a setting or an argument: names it, its value, and what is allowed. */
public class ConfigException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one with a message as {@link GpuMqException} asks for.
   *
   * @param message what was given, what is allowed, what to do
   */
  public ConfigException(String message) {
    super(message);
  }

  /**
   * Makes one with a message, and what it follows from.
   *
   * @param message what was given, what is allowed, what to do
   * @param cause what this follows from
   */
  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
