package io.gpumq.trackb.isolation;

import io.gpumq.api.TrackOptions;
import io.gpumq.trackb.device.Backends;
import io.gpumq.trackb.spi.Backend;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A device process: started by the owner of the rings, ends with it. Not for anybody else. */
public final class DeviceMain {
  /** How the process exits when it cannot be a device process. */
  static final int EXIT_REFUSED = 87;

  private DeviceMain() {}

  /**
   * Runs until its owner has no more commands.
   *
   * @param args the address where the owner waits, the device's name, then settings as {@code
   *     key=value}
   */
  public static void main(String[] args) {
    outliveSignals();
    try (Wire owner = Wire.connect(Path.of(args[0]))) {
      Backend backend = open(args, owner.output());
      new Device(backend, owner.input(), owner.output(), Runtime.getRuntime()::halt).run();
    } catch (Throwable e) {
      e.printStackTrace();
    } finally {
      Runtime.getRuntime().halt(EXIT_REFUSED);
    }
  }

  private static Backend open(String[] args, OutputStream answers) throws IOException {
    Map<String, String> settings = new HashMap<>();
    for (int i = 2; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    try {
      return Backends.open(new TrackOptions(args[1], settings));
    } catch (Throwable e) {
      Lines.write(answers, new Answer.Refused(Answer.NO_RING, Answer.why(e)).words());
      throw e;
    }
  }

  /**
   * A signal to the whole group, from a terminal or a service manager, reaches the owner, too,
   * which may want to drain its queues first. So the virtual machine's end waits here for the real
   * one.
   */
  private static void outliveSignals() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "gpumq-outlive"));
  }
}
