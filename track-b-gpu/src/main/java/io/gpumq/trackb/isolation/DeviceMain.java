package io.gpumq.trackb.isolation;

import io.gpumq.api.TrackOptions;
import io.gpumq.trackb.device.Backends;
import io.gpumq.trackb.ring.RingBackend;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A device process: started by the owner of the rings, ends with it. Not for anybody else. */
public final class DeviceMain {
  /** How the process exits when it cannot be a device process. */
  static final int EXIT_REFUSED = 87;

  private DeviceMain() {}

  /**
   * Runs until the standard input ends.
   *
   * @param args the device's name, then settings as {@code key=value}
   */
  public static void main(String[] args) {
    InputStream commands = new BufferedInputStream(System.in);
    OutputStream answers = System.out;
    System.setOut(System.err); // whatever a library prints is no answer
    outliveSignals();
    int exit = EXIT_REFUSED;
    try {
      RingBackend backend = open(args, answers);
      new Device(backend, commands, answers, Runtime.getRuntime()::halt).run();
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
    } finally {
      Runtime.getRuntime().halt(exit);
    }
  }

  private static RingBackend open(String[] args, OutputStream answers) throws IOException {
    Map<String, String> settings = new HashMap<>();
    for (int i = 1; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    try {
      return Backends.open(new TrackOptions(args[0], settings));
    } catch (RuntimeException e) {
      String why = String.valueOf(e.getMessage());
      Lines.write(answers, new Answer.Refused(Answer.NO_RING, why).words());
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
