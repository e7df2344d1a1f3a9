package io.gpumq.trackb.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class StoreTest {
  private static final int MEGABYTE = 1 << 20;

  private final Store store = new Store(new Arena(16 * MEGABYTE), MEGABYTE);

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
    assertNotEquals(Store.NO_ROOM, store.allocateSpare(greedy, MEGABYTE));
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
}
