package io.gpumq.trackb.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders in the temp folder, and what others may have planted there. */
class MemoryFoldersTest {
  @TempDir private Path temp;

  private void assertRefused(Path folder) {
    var refused = assertThrows(ConfigException.class, () -> MemoryFolders.privateFolder(folder));
    assertTrue(refused.getMessage().contains(folder.toString()), refused::getMessage);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aFolderIsForThisUserAlone() throws IOException {
    Path folder = MemoryFolders.privateFolder(temp.resolve("a/b"));
    assertEquals("rwx------", mode(folder));
    assertEquals(folder, MemoryFolders.privateFolder(folder), "again");
  }

  @Test
  void aFolderThatOthersCanWriteIsRefusedAndLeftAsItIs() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertRefused(folder);
    assertEquals("rwxrwxrwx", mode(folder));
  }

  @Test
  void aLinkToAnotherFolderIsRefused() throws IOException {
    Path target = MemoryFolders.privateFolder(temp.resolve("target"));
    assertRefused(Files.createSymbolicLink(temp.resolve("link"), target));
  }

  @Test
  void aFileInItsPlaceIsRefused() throws IOException {
    assertRefused(Files.createFile(temp.resolve("file")));
  }

  /** A planted name is not followed, truncated or removed. */
  @Test
  void aPlantedFileOfTheNameStaysAsItIs() throws IOException {
    Path victim = Files.writeString(temp.resolve("victim"), "precious");
    Path name = temp.resolve("x.ring");
    Files.createSymbolicLink(temp.resolve("x.ring.unfinished"), victim);
    assertThrows(IOException.class, () -> MemoryFile.create(name, 10));
    assertEquals("precious", Files.readString(victim));
    assertTrue(Files.isSymbolicLink(temp.resolve("x.ring.unfinished")), "it is another's");
  }
}
