package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.Owner;
import io.gpumq.trackb.memory.RingFileName;
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

/** Who attaches to a queue's memory, and who is refused. */
class AttachTest {
  private static final String QUEUE = "1-2.ring-x"; // a name may look like a part of the file's

  private final RingGeometry g = geometry(64);
  private final SharedFile file = SharedFile.create(QUEUE, g);
  private final HostBackend backend = new HostBackend();

  private static RingGeometry geometry(int slotBytes) {
    return RingGeometry.of(
        QueueConfig.named("a").capacity(64).slotBytes(slotBytes).build(),
        HandlerSpec.parse("crc32c"),
        128);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private String refusal(Path path) {
    String why = assertThrows(ConfigException.class, () -> SharedFile.attach(path, g)).getMessage();
    assertTrue(why.startsWith("shared-memory file " + path + ": "), why);
    return why.substring(why.indexOf(": ") + 2);
  }

  private void overwrite(long offset, long value) throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(bytes.putLong(0, value), offset);
    }
  }

  @Test
  void bothSeeTheSameBytesInEveryBlock() {
    SharedFile attached = SharedFile.attach(file.path(), g);
    for (int block = 0; block < file.blocks().size(); block++) {
      ByteBuffer here = file.blocks().get(block);
      ByteBuffer there = attached.blocks().get(block);
      assertEquals(here.capacity(), there.capacity());
      Words.setRelease(there, here.capacity() - Long.BYTES, 42 + block);
      assertEquals(42 + block, Words.getAcquire(here, here.capacity() - Long.BYTES));
    }
  }

  @Test
  void theNameTellsOwnerAndQueue() {
    RingFileName name = RingFileName.of(file.path()).orElseThrow();
    assertEquals(Owner.self(), name.owner());
    assertEquals(QUEUE, name.queue());
    assertEquals(file.path(), name.ring(file.path().getParent()));
    assertEquals(file.companion(), name.memory(file.path().getParent()));
    assertEquals(name, RingFileName.of(file.companion()).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "gpumq-12.34-5-q.ring, 12, 34, 5, q",
    "gpumq-12.34-00c0ffee-q.ring, 12, 34, 00c0ffee, q",
    "gpumq-1393.7-10-t-1393-3.vram, 1393, 7, 10, t-1393-3",
  })
  void namesThatTell(String text, long pid, long start, String random, String queue) {
    assertEquals(
        new RingFileName(new Owner(pid, start), random, queue),
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
  void whatIsNoQueuesFileIsRefused() throws IOException {
    overwrite(0, 0);
    assertEquals("it does not begin as a queue's file does", refusal(file.path()));
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    overwrite(Long.BYTES, 99);
    assertEquals("its version is 99: must be " + RingLayout.VERSION, refusal(file.path()));
  }

  @Test
  void anotherQueuesHeaderIsRefused() throws IOException {
    overwrite(112, 64); // first_sequence
    assertEquals("its header is another queue's, from byte 112 on", refusal(file.path()));
  }

  @Test
  void anotherSizeIsRefused() throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      long size = channel.size();
      channel.truncate(size - 1);
      assertEquals((size - 1) + " bytes long: must be " + size, refusal(file.path()));
    }
    String why =
        assertThrows(ConfigException.class, () -> SharedFile.attach(file.path(), geometry(128)))
            .getMessage();
    assertTrue(why.contains(" bytes long: must be "), why);
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
  void theFileOfADeadOwnerIsRefused(@TempDir Path folder) throws IOException {
    var dead = new RingFileName(new Owner(Integer.MAX_VALUE, 1), "1", QUEUE);
    Path orphan = dead.ring(folder);
    Files.copy(file.path(), orphan, StandardCopyOption.COPY_ATTRIBUTES); // which nobody has locked
    assertEquals("its owner, process " + Integer.MAX_VALUE + ", has ended", refusal(orphan));
  }

  @Test
  void theMemoryOfARingIsSharedToo() {
    RingMemory own = backend.allocate(file, g, true);
    try {
      RingMemory other = backend.open(SharedFile.attach(file.path(), g), g, own.handle());
      long[] word = {0};
      own.readStates(130, word);
      assertEquals(128 / 64 << RingLayout.LAP_SHIFT, word[0], "cleared");
      other.writeStates(130, new long[] {77});
      own.readStates(130, word);
      assertEquals(77, word[0]);
      other.close();
      assertTrue(Files.exists(file.companion()), "removed by its owner alone");
    } finally {
      own.close();
    }
    assertFalse(Files.exists(file.companion()));
    assertThrows(ConfigException.class, () -> backend.open(file, g, file.companion().toString()));
  }

  @Test
  void memoryOfAnotherSizeIsRefused() {
    RingMemory own = backend.allocate(file, g, true);
    try {
      RingGeometry larger = geometry(128);
      String why =
          assertThrows(ConfigException.class, () -> backend.open(file, larger, own.handle()))
              .getMessage();
      assertTrue(why.contains(" bytes long: must be "), why);
    } finally {
      own.close();
    }
  }

  @Test
  void memoryThatIsNotSharedHasNoHandle() {
    RingMemory own = backend.allocate(file, g, false);
    assertThrows(IllegalStateException.class, own::handle);
    own.close();
  }
}
