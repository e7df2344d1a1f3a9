package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** The file that other processes may attach to. */
class SharedFileTest {
  private static RingGeometry geometry(long first) {
    return RingGeometry.of(
        QueueConfig.named("f").capacity(64).slotBytes(4096).handlerAttempts(7).build(),
        HandlerSpec.parse("sha256"),
        first);
  }

  /** The header as {@code FileHeader} in {@code ring_layout.h} lays it out, byte by byte. */
  @Test
  void theHeaderSaysHowTheFileIsLaidOut() throws IOException {
    RingGeometry g = geometry(128);
    try (SharedFile file = SharedFile.create("header", g)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(Files.readAllBytes(file.path())).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals("\u001a\nGPUMQ1", new String(bytes.array(), 0, 8, "ISO-8859-1"));
      assertEquals(RingLayout.VERSION, bytes.getInt(8));
      assertEquals(4096, bytes.getInt(12));
      assertEquals(bytes.limit(), bytes.getLong(16));
      assertEquals(64, bytes.getLong(24));
      assertEquals(g.ingressSlots(), bytes.getLong(32));
      assertEquals(g.windowSlots(), bytes.getLong(40));
      assertEquals(4096 + 32, bytes.getInt(48));
      assertEquals(1 << 20, bytes.getInt(52));
      assertEquals(RingGeometry.READ_AREAS, bytes.getLong(56));
      assertEquals(128, bytes.getLong(112));
      assertEquals(7, bytes.getInt(120));
      assertEquals(g.chunkSlots(), bytes.getInt(124));
      assertEquals(ProcessHandle.current().pid(), bytes.getLong(128));
    }
  }

  /** Writes into each block, and finds it in the file where the header says. */
  @Test
  void theBlocksLieWhereTheHeaderSays() throws IOException {
    try (SharedFile file = SharedFile.create("blocks", geometry(0))) {
      ByteBuffer[] blocks = file.blocks().toArray(new ByteBuffer[0]);
      for (int i = 0; i < blocks.length; i++) {
        assertEquals(0, blocks[i].capacity() % RingLayout.PAGE_BYTES);
        blocks[i].put(0, (byte) (i + 1)).put(blocks[i].capacity() - 1, (byte) (0x40 + i));
      }
      ByteBuffer bytes =
          ByteBuffer.wrap(Files.readAllBytes(file.path())).order(ByteOrder.LITTLE_ENDIAN);
      long end = RingLayout.CONTROL_OFFSET;
      for (int i = 0; i < blocks.length; i++) {
        long offset = i == 0 ? RingLayout.CONTROL_OFFSET : bytes.getLong(64 + (i - 1) * Long.BYTES);
        assertEquals(end, offset, "block " + i + " follows the one before");
        end = offset + blocks[i].capacity();
        assertEquals(i + 1, bytes.get((int) offset));
        assertEquals(0x40 + i, bytes.get((int) end - 1));
      }
      assertEquals(bytes.limit(), end);
    }
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    try (SharedFile file = SharedFile.create("mode", geometry(0))) {
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file.path()));
    }
  }

  @Test
  void itsMemoryGoesWithItsLastHolderAndLooksShowZeros() {
    SharedFile file = SharedFile.create("gone", geometry(0));
    Path path = file.path();
    assertTrue(Files.exists(path));
    file.window().putLong(0, 42);
    file.hold();
    file.close();
    assertFalse(Files.exists(path));
    file.close();
    assertEquals(42, file.window().getLong(0), "somebody may still look at an entry there");
    file.release();
    assertEquals(0, file.window().getLong(0), "given back");
    file.window().putLong(0, 43); // a late writer harms nobody
  }

  @Test
  void twoQueuesOfOneNameHaveAFileEach() {
    try (SharedFile one = SharedFile.create("twin", geometry(0));
        SharedFile other = SharedFile.create("twin", geometry(0))) {
      assertFalse(one.path().equals(other.path()));
    }
  }

  /** More than any machine has: refused before the memory that there is gets filled with zeros. */
  @Test
  void aFileThatThereIsNoRoomForIsRefusedAndLeavesNothing() throws IOException {
    var vast = new RingGeometry(1, 1 << 30, 1 << 30, 1 << 30, 65_536, 0, 65_536, 1, 1, 0);
    var refusal = assertThrows(ConfigException.class, () -> SharedFile.create("vast", vast));
    String why = refusal.getMessage();
    assertTrue(why.startsWith("queue 'vast': its shared-memory file "), why);
    assertTrue(why.contains(" bytes free there"), why);
    Path folder = Path.of("/dev/shm");
    if (Files.isDirectory(folder)) {
      String own = "gpumq-" + ProcessHandle.current().pid() + ".";
      try (var files = Files.list(folder)) {
        assertFalse(
            files.anyMatch(
                file ->
                    file.getFileName().toString().startsWith(own)
                        && file.toString().contains("vast")));
      }
    }
  }
}
