package io.gpumq.trackb.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StoreTest {
  private static final int MEGABYTE = 1 << 20;

  private int freed;
  private final Store store = new Store(new Arena(16 * MEGABYTE), MEGABYTE, () -> freed++);

  private long fill(Share share) {
    long taken = 0;
    while (store.allocate(share, MEGABYTE) != Store.NO_ROOM) {
      taken += MEGABYTE;
    }
    return taken;
  }

  @Test
  void keepsWhatIsPromised() {
    Share modest = store.share(Long.MAX_VALUE, 4 * MEGABYTE);
    Share greedy = store.share(Long.MAX_VALUE, 0);
    assertEquals(11 * MEGABYTE, fill(greedy));
    assertEquals(4 * MEGABYTE, fill(modest));
    assertEquals(MEGABYTE, store.freeBytes(), "the cleaner's");
    assertNotEquals(Store.NO_ROOM, store.allocateSpare(MEGABYTE));
  }

  /** But for the block that it has in reserve, while it has another. */
  @Test
  void aCleanerAtWorkKeepsNobodyFromWhatIsPromised() {
    Share modest = store.share(Long.MAX_VALUE, 4 * MEGABYTE);
    Share greedy = store.share(Long.MAX_VALUE, 0);
    fill(greedy);
    long place = store.allocateSpare(MEGABYTE);
    assertEquals(0, fill(greedy));
    assertEquals(3 * MEGABYTE, fill(modest));
    store.freeSpare(place, MEGABYTE);
    assertEquals(0, fill(greedy));
    assertEquals(MEGABYTE, fill(modest));
    assertEquals(MEGABYTE, store.freeBytes(), "the cleaner's");
  }

  @Test
  void givesNoMoreThanShareMayHold() {
    Share share = store.share(3 * MEGABYTE, 0);
    assertEquals(3 * MEGABYTE, fill(share));
  }

  @Test
  void promisesNoMoreThanThereIs() {
    assertNull(store.share(Long.MAX_VALUE, 16 * MEGABYTE));
    Share all = store.share(Long.MAX_VALUE, 15 * MEGABYTE);
    assertNull(store.share(Long.MAX_VALUE, 1));
    store.end(all);
    assertEquals(15 * MEGABYTE, fill(store.share(Long.MAX_VALUE, 0)));
  }

  @Test
  void promisesAgainWhatIsGivenBack() {
    Share modest = store.share(Long.MAX_VALUE, 2 * MEGABYTE);
    long place = store.allocate(modest, 2 * MEGABYTE);
    Share greedy = store.share(Long.MAX_VALUE, 0);
    fill(greedy);
    store.free(modest, place, 2 * MEGABYTE);
    assertEquals(0, fill(greedy));
    assertEquals(2 * MEGABYTE, fill(modest));
  }

  @Test
  void tellsThatMemoryIsBackToWhomItWasRefused() {
    Share share = store.share(Long.MAX_VALUE, 0);
    long place = store.allocate(share, MEGABYTE);
    long other = store.allocate(share, MEGABYTE);
    store.free(share, other, MEGABYTE);
    assertEquals(0, freed, "nobody was refused any");
    fill(share);
    assertFalse(store.mayAllocate(share, MEGABYTE));
    store.free(share, place, MEGABYTE);
    assertTrue(store.mayAllocate(share, MEGABYTE));
    assertEquals(1, freed);
  }

  /** What rings and refuges take is neither promised to others, nor the cleaner's. */
  @Test
  void givesRingsWhatIsPromisedToNobody() {
    store.share(Long.MAX_VALUE, 13 * MEGABYTE);
    long place = store.allocateForRing(2 * MEGABYTE);
    assertNotEquals(Store.NO_ROOM, place);
    assertEquals(Store.NO_ROOM, store.allocateForRing(1));
    store.freeOfRing(place, 2 * MEGABYTE);
    assertNotEquals(Store.NO_ROOM, store.allocateForRing(1));
  }

  @Test
  void hasAsManyRefugesAsIsSpared() {
    Share share = store.share(3 * MEGABYTE, 0);
    int refuge = MEGABYTE / 4;
    for (int i = 0; i < 4; i++) {
      assertNotEquals(Store.NO_ROOM, store.allocateRefuge(refuge));
    }
    assertEquals(Store.NO_ROOM, store.allocateRefuge(refuge));
    store.adopt(share, refuge);
    assertEquals(refuge, share.held());
    assertNotEquals(Store.NO_ROOM, store.allocateRefuge(refuge));
    while (store.allocateForRing(refuge) != Store.NO_ROOM) {}
    store.adopt(share, refuge);
    assertEquals(Store.NO_ROOM, store.allocateRefuge(refuge), "the store is full");
  }
}
