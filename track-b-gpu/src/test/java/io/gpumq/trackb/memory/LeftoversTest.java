package io.gpumq.trackb.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.kernels.LinkLayout;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is swept and what is not, and what is said of it. */
class LeftoversTest {
  private static final Owner DEAD = new Owner(Integer.MAX_VALUE, 1);

  /** Not that of all, where another track may sweep first. */
  @TempDir private Path folder;

  private final String label = "left-" + ProcessHandle.current().pid();
  private final RingShape shape = new RingShape(64, 4096, 4, 8, 1, 64, 0, 0, 1);
  private final RingFile file = RingFile.create(label, shape);
  private final RingFileName orphan = new RingFileName(DEAD, "7", label);

  @AfterEach
  void close() {
    file.close();
  }

  private static List<Leftovers.Found> of(List<Leftovers.Found> all, String label) {
    return all.stream().filter(found -> found.name().label().equals(label)).toList();
  }

  /** As if this process had died: its files bear another owner, and nobody has locked them. */
  private void die() throws IOException {
    Files.copy(file.path(), orphan.ring(folder), StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static void write(Path path, byte[] bytes) throws IOException {
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(path, bytes);
  }

  /** A hundred published, the slots of the last lap completed but for three. */
  private void work() {
    new Control(file.control()).releaseHead(100);
    for (long sequence = 36; sequence < 97; sequence++) {
      Words.setRelease(
          file.completions(),
          (int) (sequence & 63) * Long.BYTES,
          CompletionWord.of(sequence, LinkLayout.STATUS_OK, false, 1, 0));
    }
  }

  @Test
  void whatAnOwnerUsesStays() {
    Path folder = file.path().getParent();
    Leftovers.Found found = of(Leftovers.find(folder), label).get(0);
    assertFalse(found.isLeft());
    assertEquals(Owner.self(), found.name().owner());
    assertEquals(1, found.files().size());
    assertTrue(of(Leftovers.sweep(folder), label).isEmpty());
    assertTrue(Files.exists(file.path()));
  }

  /** Where no descriptor is free, its start cannot be read, and the name is without. */
  @Test
  void aLookDropsNoLockOfThisProcess() throws IOException {
    Owner unknown = new Owner(Owner.self().pid(), Owner.UNKNOWN);
    MemoryFile own = MemoryFile.create(new RingFileName(unknown, "8", label).ring(folder), 4096);
    try {
      Path path = new RingFileName(unknown, "8", label).ring(folder);
      assertTrue(isLocked(path));
      assertFalse(of(Leftovers.find(folder), label).get(0).isLeft());
      assertTrue(isLocked(path));
    } finally {
      own.remove();
      own.discard();
    }
  }

  private static boolean isLocked(Path path) throws IOException {
    String file = ":" + Files.getAttribute(path, "unix:ino") + " ";
    return Files.readString(Path.of("/proc/locks")).contains(file);
  }

  @Test
  void whatADeadOwnerLeftIsToldAndRemoved() throws IOException {
    work();
    long bytes = Files.size(file.path());
    die();
    Leftovers.Found found = of(Leftovers.find(folder), label).get(0);
    assertTrue(found.isLeft());
    assertEquals(
        label
            + " of process "
            + DEAD.pid()
            + ", which has ended: "
            + bytes
            + " bytes, 100 messages and reads published, 97 completed",
        found.describe());
    assertEquals(List.of(found), of(Leftovers.sweep(folder), label));
    assertFalse(Files.exists(orphan.ring(folder)));
    assertTrue(of(Leftovers.sweep(folder), label).isEmpty());
  }

  @Test
  void whatWasHalfMadeIsRemovedToo() throws IOException {
    Path path = orphan.ring(folder);
    write(path, new byte[100]);
    Leftovers.Found found = of(Leftovers.sweep(folder), label).get(0);
    assertTrue(found.describe().endsWith("100 bytes, nothing in it"), found::describe);
    assertFalse(Files.exists(path));
  }

  @Test
  void memoryAloneIsRemovedToo() throws IOException {
    write(orphan.memory(folder), new byte[10]);
    Leftovers.Found found = of(Leftovers.sweep(folder), label).get(0);
    assertTrue(found.describe().endsWith("memory of a track"), found::describe);
  }

  @Test
  void aFileOfAnotherVersionIsRemovedUnread() throws IOException {
    file.control().putLong(0, 0);
    die();
    Path path = orphan.ring(folder);
    byte[] bytes = Files.readAllBytes(path);
    bytes[8] = 99;
    Files.write(path, bytes);
    Leftovers.Found found = of(Leftovers.sweep(folder), label).get(0);
    assertTrue(found.describe().endsWith("not of this version"), found::describe);
    assertFalse(Files.exists(path));
  }

  /** Its maker died before the file was whole; or is about to lock it. */
  @Test
  void aHalfMadeFileIsRemovedButNotOneThatHasJustBeenBegun() throws IOException {
    Path path =
        orphan.ring(folder).resolveSibling(orphan.ring(folder).getFileName() + ".unfinished");
    write(path, new byte[100]);
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(60)));
    assertTrue(Leftovers.sweep(folder).isEmpty());
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(60)));
    Leftovers.Found found = of(Leftovers.sweep(folder), label).get(0);
    assertTrue(found.describe().endsWith("100 bytes, half made"), found::describe);
    assertFalse(Files.exists(path));
  }
}
