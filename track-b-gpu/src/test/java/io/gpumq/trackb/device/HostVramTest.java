package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.kernels.LinkLayout;
import io.gpumq.trackb.spi.Vram;
import io.gpumq.trackb.store.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The host's store in a file that two processes map, and in one process alone. */
class HostVramTest {
  private static final int VRAM_BYTES = 1 << 20;

  private final HostBackend backend = new HostBackend();

  @Test
  void aStoreIsSharedToo() {
    try (Vram own = backend.allocate(VRAM_BYTES, true)) {
      Path path = Path.of(own.handle());
      Vram other = backend.open(own.handle(), VRAM_BYTES);
      long[] word = {1};
      own.readWords(VRAM_BYTES / LinkLayout.UNIT - 1, word);
      assertEquals(0, word[0], "cleared");
      other.writeWords(130, new long[] {77});
      own.readWords(130, word);
      assertEquals(77, word[0]);
      other.close();
      assertTrue(Files.exists(path), "removed by its owner alone");
      own.close();
      assertFalse(Files.exists(path));
      assertThrows(ConfigException.class, () -> backend.open(path.toString(), VRAM_BYTES));
    }
  }

  /** It comes in pieces, and who handles a block has it in one. */
  @Test
  void noBlockOfAnArenaLiesInTwoPieces() {
    assertEquals(0, HostVram.PIECE_BYTES % Arena.PIECE_BYTES);
  }

  @Test
  void aStoreOfAnotherSizeIsRefused() {
    try (Vram own = backend.allocate(VRAM_BYTES, true)) {
      String why =
          assertThrows(ConfigException.class, () -> backend.open(own.handle(), 2 * VRAM_BYTES))
              .getMessage();
      assertTrue(why.contains(VRAM_BYTES + " bytes long: must be " + 2 * VRAM_BYTES), why);
    }
  }

  @Test
  void aStoreThatIsNotSharedHasNoHandle() {
    try (Vram own = backend.allocate(VRAM_BYTES, false)) {
      assertThrows(IllegalStateException.class, own::handle);
    }
  }
}
