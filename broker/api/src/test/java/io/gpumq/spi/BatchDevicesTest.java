package io.gpumq.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchDevicesTest {
  /** A device that is only a name. */
  private record Named(String name) implements BatchDevice {
    @Override
    public String describe() {
      return name + " of a test";
    }

    @Override
    public BatchRunner runner(String handler, int maxPayloadBytes, int capacity) {
      throw new ConfigException("handler '" + handler + "': must be one of []");
    }

    @Override
    public void close() {}
  }

  private abstract static class Provided implements BatchDeviceProvider {
    private final String name;
    private final int preference;
    private final String unavailable;

    Provided(String name, int preference, String unavailable) {
      this.name = name;
      this.preference = preference;
      this.unavailable = unavailable;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int preference() {
      return preference;
    }

    @Override
    public String unavailable() {
      return unavailable;
    }

    @Override
    public BatchDevice open() {
      return new Named(name);
    }
  }

  /** Can always be used. */
  public static final class Plain extends Provided {
    public Plain() {
      super("plain", 1, null);
    }
  }

  /** Preferred, and can be used. */
  public static final class Fast extends Provided {
    public Fast() {
      super("fast", 2, null);
    }
  }

  /** Preferred most, but cannot be used. */
  public static final class Missing extends Provided {
    public Missing() {
      super("missing", 3, "no driver");
    }
  }

  @TempDir Path folder;

  private void having(List<Class<?>> providers, Services.Body body) throws Exception {
    Services.during(folder, BatchDeviceProvider.class, providers, body);
  }

  private static String opened(String name) {
    try (BatchDevice device = BatchDevices.open(name)) {
      return device.name();
    }
  }

  @Test
  void takesTheMostPreferredThatCanBeUsed() throws Exception {
    having(
        List.of(Plain.class, Missing.class, Fast.class),
        () -> assertEquals("fast", opened("auto")));
  }

  @Test
  void takesTheOneThatIsNamed() throws Exception {
    having(
        List.of(Plain.class, Missing.class, Fast.class),
        () -> {
          assertEquals("plain", opened("plain"));
          assertEquals("fast", opened("fast"));
        });
  }

  @Test
  void saysWhyANamedOneCannotBeUsed() throws Exception {
    having(
        List.of(Plain.class, Missing.class),
        () -> {
          TrackUnavailableException refusal =
              assertThrows(TrackUnavailableException.class, () -> opened("missing"));
          assertEquals("device 'missing': no driver", refusal.getMessage());
        });
  }

  @Test
  void refusesAnUnknownNameAndSaysWhichThereAre() throws Exception {
    having(
        List.of(Plain.class, Fast.class),
        () -> {
          ConfigException refusal = assertThrows(ConfigException.class, () -> opened("tpu"));
          assertEquals("device 'tpu': must be auto or one of [fast, plain]", refusal.getMessage());
        });
  }

  @Test
  void refusesAutoWhereThereIsNone() {
    ConfigException refusal = assertThrows(ConfigException.class, () -> opened("auto"));
    assertEquals("device 'auto': must be auto or one of []", refusal.getMessage());
  }
}
