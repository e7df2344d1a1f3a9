package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler that never returns, on the device cuda: it holds its kernel until its process ends. */
@Tag("gpu")
@Tag("gpu-fault")
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CudaHangTest {
  /** Hangs a kernel in this process, and leaves by the end of {@code main}. */
  public static final class Hang {
    private Hang() {}

    public static void main(String[] args) throws InterruptedException {
      QueueConfig config =
          QueueConfig.named("hang")
              .handler("fail:every=1,how=loop")
              .handlerTimeout(Duration.ofMillis(200))
              .build();
      Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
      MessageQueue queue = track.open(config);
      Consumer consumer = queue.consumer("g", "c");
      queue.producer().trySend(ByteBuffer.allocate(8));
      var hung =
          assertThrows(TrackFailedException.class, () -> consumer.poll(1, Duration.ofHours(1)));
      assertEquals(
          "queue 'hang': handler 'fail:every=1,how=loop' hangs on sequence 0 of queue 'hang', which"
              + " has not been completed for 200 ms, its timeout; the rest of the device is alive;"
              + " with isolation=process such a message would be a dead letter; where the handler"
              + " needs the time, open its queues with a longer handlerTimeout",
          hung.getMessage());
      queue.close();
      var held = assertThrows(TrackFailedException.class, track::close);
      assertTrue(held.getMessage().startsWith("the kernel does not end"), held.getMessage());
      System.out.println("the end");
    }
  }

  @Test
  void aHungKernelFailsItsQueueAndItsProcessStillEnds() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.library.path=" + System.getProperty("java.library.path"),
                "-cp",
                classPath(),
                Hang.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      // Ends when the process does: what it prints is less than the pipe holds.
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the hung kernel keeps its process");
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(output.contains("the end"), output);
      assertEquals(0, process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Where this test's classes came from, whichever loader brought them. */
  private static String classPath() throws URISyntaxException {
    Set<String> places = new LinkedHashSet<>();
    places.add(System.getProperty("java.class.path"));
    for (Class<?> type : new Class<?>[] {CudaHangTest.class, Tracks.class, GpuTrack.class}) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(System.getProperty("path.separator"), places);
  }
}
