package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that has no file descriptor left for a moment: it takes nobody for dead. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UsedUpDescriptorsTest {
  @Test
  void anOwnerThatCannotBeLookedAtIsNotTakenForDead() throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 256 && exec \"$0\" \"$@\"",
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                UsesThemUp.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.endsWith("ended: false, false\n"), said);
  }

  /** The process. */
  static final class UsesThemUp {
    public static void main(String[] args) {
      RedisOwner self = RedisOwner.self();
      boolean before = self.hasEnded();
      List<FileInputStream> used = new ArrayList<>();
      try {
        while (true) {
          used.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        System.out.println("used up: " + used.size());
      }
      System.out.println("ended: " + before + ", " + self.hasEnded());
    }
  }
}
