package io.gpumq.trackb.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which chunk a caller gets. */
class ChunksTest {
  private static final int ROOM = 64;

  private static Chunks of(int count) {
    RingShape shape = new RingShape(16, 8192, count, 2, 1, ROOM, 0, 0, 1);
    return new Chunks(shape, 0, count, ringSequence -> true);
  }

  private static Chunk take(Chunks chunks, Chunk hint) {
    Chunk chunk = chunks.take(hint, ROOM);
    assertNotNull(chunk);
    return chunk;
  }

  /** Many that write a little, and do not come again. */
  private static void comeAndGo(Chunks chunks, int callers) {
    for (int i = 0; i < callers; i++) {
      Chunk chunk = take(chunks, null);
      chunk.fill(chunk.at() + ROOM, i);
      chunks.leave(chunk);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 15, 32})
  void whoStaysGoesRoundMostOfTheWindow(int count) {
    Chunks chunks = of(count);
    comeAndGo(chunks, 3 * count);
    Set<Chunk> filled = new HashSet<>();
    for (Chunk chunk = take(chunks, null); filled.add(chunk); chunk = take(chunks, chunk)) {
      chunk.fill(chunk.end(), 0);
      chunks.leave(chunk);
    }
    int most = count / 4; // that others left open
    assertTrue(filled.size() >= count - most, filled.size() + " of " + count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 15, 32})
  void manyAtOnceGetOneEach(int count) {
    Chunks chunks = of(count);
    comeAndGo(chunks, 3 * count);
    Set<Chunk> taken = new HashSet<>();
    for (int i = 0; i < count; i++) {
      taken.add(take(chunks, null));
    }
    assertEquals(count, taken.size());
    assertNull(chunks.take(null, ROOM));
  }

  /** Who waits for room is told by it, and asks for a chunk then. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 15, 32})
  void thereIsRoomWhereAllAreOpenAndNoneHasEnough(int count) {
    Chunks chunks = of(count);
    List<Chunk> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(take(chunks, null));
    }
    assertFalse(chunks.hasRoom(ROOM));
    for (Chunk chunk : all) {
      chunk.fill(chunk.end() - 4096, 0);
      chunks.leave(chunk);
    }
    for (int i = 0; i < count; i++) {
      assertTrue(chunks.hasRoom(8192), i + " of " + count);
      assertNotNull(chunks.take(null, 8192), i + " of " + count);
    }
    assertFalse(chunks.hasRoom(ROOM));
  }
}
