package io.gpumq.trackb.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.Diagnosis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a process leaves that is killed just as it starts another, or loads a library. */
class BriefFoldersTest {
  private Path wire;
  private Path natives;

  @BeforeEach
  void make() throws Exception {
    wire = BriefFolders.forWire();
    natives = BriefFolders.forNatives();
    Files.createFile(wire.resolve("wire"));
  }

  @AfterEach
  void remove() {
    BriefFolders.remove(wire);
    BriefFolders.remove(natives);
  }

  private static void age(Path folder) throws Exception {
    Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
  }

  @Test
  void theyAreOfThisUserAlone() throws Exception {
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(wire)));
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(natives)));
  }

  @Test
  void doctorNamesAndRemovesThoseThatAreLeft() throws Exception {
    age(wire);
    age(natives);
    String said = String.join("\n", Diagnosis.lines());
    assertTrue(said.contains("leftover: folder " + wire), said);
    assertTrue(said.contains("leftover: folder " + natives), said);
    String cleaned = String.join("\n", Diagnosis.clean());
    assertTrue(cleaned.contains("removed: folder " + wire), cleaned);
    assertFalse(Files.exists(wire));
    assertFalse(Files.exists(natives));
  }

  @Test
  void thoseOfAProcessThatIsAboutToUseThemStay() {
    assertFalse(BriefFolders.sweep().contains(wire));
    assertTrue(Files.exists(wire.resolve("wire")));
  }
}
