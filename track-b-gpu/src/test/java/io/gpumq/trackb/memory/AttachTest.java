package io.gpumq.trackb.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.kernels.LinkLayout;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who attaches to a ring's memory, and who is refused. */
class AttachTest {
  private static final String RING = "1-2.ring-x"; // a name may look like a part of the file's

  private final RingShape shape = shape(64);
  private final RingFile file = RingFile.create(RING, shape);

  private static RingShape shape(int statesPlace) {
    return new RingShape(64, 8192, 4, 8, 3, 500, 4, statesPlace, 1);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private String refusal(Path path) {
    return refusal(path, shape);
  }

  private static String refusal(Path path, RingShape shape) {
    String why =
        assertThrows(ConfigException.class, () -> RingFile.attach(path, shape)).getMessage();
    assertTrue(why.startsWith("shared-memory file " + path + ": "), why);
    return why.substring(why.indexOf(": ") + 2);
  }

  private void overwrite(long offset, int value) throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(bytes.putInt(0, value), offset);
    }
  }

  @Test
  void bothSeeTheSameBytesInEveryBlock() {
    RingFile attached = RingFile.attach(file.path(), shape);
    for (int block = 0; block < file.blocks().size(); block++) {
      ByteBuffer here = file.blocks().get(block);
      ByteBuffer there = attached.blocks().get(block);
      assertEquals(here.capacity(), there.capacity());
      Words.setRelease(there, here.capacity() - Long.BYTES, 42 + block);
      assertEquals(42 + block, Words.getAcquire(here, here.capacity() - Long.BYTES));
    }
  }

  @Test
  void whoHasAttachedRemovesNothing() {
    RingFile attached = RingFile.attach(file.path(), shape);
    file.window().putLong(0, 42);
    attached.close();
    assertTrue(Files.exists(file.path()));
    assertEquals(42, file.window().getLong(0));
  }

  @Test
  void theNameTellsOwnerAndRing() {
    RingFileName name = RingFileName.of(file.path()).orElseThrow();
    assertEquals(Owner.self(), name.owner());
    assertEquals(RING, name.label());
    assertEquals(file.path(), name.ring(file.path().getParent()));
    Path memory = name.memory(file.path().getParent());
    assertEquals(name, RingFileName.of(memory).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "gpumq-12.34-5-q.ring, 12, 34, 5, q",
    "gpumq-12.34-00c0ffee-q.ring, 12, 34, 00c0ffee, q",
    "gpumq-1393.7-10-t-1393-3.vram, 1393, 7, 10, t-1393-3",
    "gpumq-12.34-5-q.ring.unfinished, 12, 34, 5, q",
  })
  void namesThatTell(String text, long pid, long start, String random, String label) {
    assertEquals(
        new RingFileName(new Owner(pid, start), random, label),
        RingFileName.of(Path.of("/dev/shm", text)).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"gpumq-x-5-q.ring", "gpumq-12.34-q.ring", "gpumq-12.34-5-q.rings", "other"})
  void otherNamesAreNobodys(String text) {
    assertTrue(RingFileName.of(Path.of("/dev/shm", text)).isEmpty());
  }

  @Test
  void anotherProcessOfTheSameNumberIsNotThisOne() {
    Owner self = Owner.self();
    assertTrue(self.mayBeSelf());
    assertTrue(new Owner(self.pid(), Owner.UNKNOWN).mayBeSelf());
    if (self.start() != Owner.UNKNOWN) {
      assertFalse(new Owner(self.pid(), self.start() - 1).mayBeSelf());
    }
    assertFalse(new Owner(Integer.MAX_VALUE, Owner.UNKNOWN).mayBeSelf());
  }

  @Test
  void whatIsNoRingsFileIsRefused() throws IOException {
    overwrite(0, 0);
    assertEquals("it does not begin as a ring's file does", refusal(file.path()));
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    overwrite(Long.BYTES, 99);
    assertEquals("its version is 99: must be " + LinkLayout.VERSION, refusal(file.path()));
  }

  @Test
  void anotherRingsHeaderIsRefused() throws IOException {
    assertEquals(
        "its header is another ring's, from byte 88 on", // where the states lie
        refusal(file.path(), shape(65)));
    overwrite(32, 16); // the slots of a ticket
    assertEquals("its header is another ring's, from byte 32 on", refusal(file.path()));
  }

  @Test
  void anotherSizeIsRefused() throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      long size = channel.size();
      channel.truncate(size - 1);
      assertEquals((size - 1) + " bytes long: must be " + size, refusal(file.path()));
    }
  }

  @Test
  void anotherModeIsRefused() throws IOException {
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r-----"));
    assertEquals("its mode is rw-r-----: must be rw-------", refusal(file.path()));
  }

  @Test
  void whatIsNotThereOrNoPlainFileIsRefused() throws IOException {
    Path link = file.path().resolveSibling(file.path().getFileName() + ".link");
    Files.createSymbolicLink(link, file.path());
    try {
      assertEquals("it is no plain file", refusal(link));
    } finally {
      Files.delete(link);
    }
    file.close();
    assertEquals("it is not there", refusal(file.path()));
  }

  @Test
  void anotherNameIsRefused(@TempDir Path folder) throws IOException {
    Path other = folder.resolve("other");
    Files.copy(file.path(), other, StandardCopyOption.COPY_ATTRIBUTES);
    assertEquals("its name is not that of a ring's file", refusal(other));
  }

  @Test
  void theFileOfADeadOwnerIsRefused(@TempDir Path folder) throws IOException {
    var dead = new RingFileName(new Owner(Integer.MAX_VALUE, 1), "1", RING);
    Path orphan = dead.ring(folder);
    Files.copy(file.path(), orphan, StandardCopyOption.COPY_ATTRIBUTES); // which nobody has locked
    assertEquals("its owner, process " + Integer.MAX_VALUE + ", has ended", refusal(orphan));
  }
}
