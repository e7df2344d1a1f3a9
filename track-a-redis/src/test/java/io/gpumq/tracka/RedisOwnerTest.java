package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A process that runs is never taken for one that has ended. */
class RedisOwnerTest {
  private final RedisOwner self = RedisOwner.self();

  @Test
  void thisProcessRuns() {
    assertFalse(self.hasEnded());
    assertEquals(Optional.of(self), RedisOwner.parse(self.text()));
  }

  /** A wall clock that is set, or two processes that read it apart, must not change it. */
  @Test
  void itsStartIsAsTheKernelCountsIt() throws Exception {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    assertEquals(Long.parseLong(fields[19]), self.start());
  }

  @Test
  void oneWhoseStartIsNotKnownRunsWhileItsNumberDoes() {
    assertFalse(new RedisOwner(self.host(), self.pid(), RedisOwner.UNKNOWN).hasEnded());
  }

  @Test
  void aLaterProcessOfTheSameNumberIsAnother() {
    assertTrue(new RedisOwner(self.host(), self.pid(), self.start() - 1).hasEnded());
    assertFalse(new RedisOwner("elsewhere", self.pid(), self.start() - 1).hasEnded());
  }
}
