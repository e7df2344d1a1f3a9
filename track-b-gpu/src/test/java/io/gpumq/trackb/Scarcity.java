package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.conformance.Await;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process of its own, in which there is no room for one more thread, or object, for a while. */
public final class Scarcity {
  private static final int MB = 1 << 20;

  /** All that the process may map, in KiB: some dozens of threads more than it begins with. */
  private static final String MOST_KIB = "1500000";

  /** Of each thread that does not say another. */
  private static final int STACK_MB = 16;

  /** What is left to the virtual machine for itself while no thread can be started. */
  private static final int SPARE_MB = 4;

  /** What malloc keeps for itself then: blocks that are too small to be mapped alone. */
  private static final int ROOM_BLOCK = 64 << 10;

  private static final int ROOM_BLOCKS = 32;

  /** What uses up the heap. */
  private static Object[] heap;

  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> fillers = new ArrayList<>();

  /** What lies above the room of malloc. */
  private ByteBuffer keeper;

  private Scarcity() {}

  /** Runs a class in a process that may map little. It fails where that ends with an error. */
  public static void run(Class<?> main, String... args) throws Exception {
    List<String> line =
        new ArrayList<>(List.of("sh", "-c", "ulimit -v \"$0\" && exec \"$@\"", MOST_KIB));
    line.add(System.getProperty("java.home") + "/bin/java");
    line.addAll(List.of("-Xint", "-XX:+UseSerialGC", "-XX:CompressedClassSpaceSize=32m"));
    line.addAll(List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-Xss" + STACK_MB + "m"));
    line.add("-XX:-UseTLAB"); // no thread has room of its own
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    line.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  /** Starts threads until none can be started any more. */
  public static Scarcity begin() {
    Scarcity scarcity = new Scarcity();
    scarcity.keeper = roomForMalloc();
    long before = direct().getMemoryUsed();
    ByteBuffer spare = ByteBuffer.allocateDirect(SPARE_MB * MB);
    scarcity.fill(STACK_MB);
    scarcity.fill(STACK_MB / 2); // what is left with the spare is less than one thread needs
    assertEquals(SPARE_MB * MB, spare.capacity());
    spare = null;
    Await.until(
        "the spare to be free",
        () -> {
          System.gc();
          return direct().getMemoryUsed() < before + SPARE_MB * MB;
        });
    scarcity.fill(STACK_MB); // in the room of other garbage
    return scarcity;
  }

  /**
   * Makes room that malloc has and keeps: the virtual machine wants some for a collection, and ends
   * the process where it gets none.
   *
   * @return what lies above the room: without it malloc would give that back
   */
  private static ByteBuffer roomForMalloc() {
    long before = direct().getMemoryUsed();
    List<ByteBuffer> room = new ArrayList<>();
    for (int i = 0; i < ROOM_BLOCKS; i++) {
      room.add(ByteBuffer.allocateDirect(ROOM_BLOCK));
    }
    ByteBuffer above = ByteBuffer.allocateDirect(1);
    room.clear();
    Await.until(
        "the room to be free",
        () -> {
          System.gc();
          return direct().getMemoryUsed() < before + ROOM_BLOCK;
        });
    return above;
  }

  private static BufferPoolMXBean direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .findFirst()
        .orElseThrow();
  }

  private void fill(long stackMb) {
    try {
      while (true) {
        Thread filler = new Thread(null, this::stay, "fills", stackMb * MB);
        filler.setDaemon(true);
        filler.start();
        fillers.add(filler);
      }
    } catch (OutOfMemoryError e) {
      // That is all.
    }
  }

  private void stay() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes room for some threads, each of a stack that does not say another size. */
  public void makeRoomFor(int threads) throws InterruptedException {
    for (Thread filler : fillers.subList(0, threads)) {
      filler.interrupt();
      filler.join();
    }
  }

  /** Makes room again. */
  public void end() throws InterruptedException {
    over.countDown();
    for (Thread filler : fillers) {
      filler.join();
    }
  }

  /**
   * Uses up all of the heap, and stays so for a while. Allocates nothing meanwhile, and names no
   * class for the first time.
   */
  public static void useUpHeapFor(Duration time) {
    long nanos = time.toNanos();
    useUpHeap(
        () -> {
          long begin = System.nanoTime();
          while (System.nanoTime() - begin < nanos) {
            Thread.onSpinWait();
          }
        });
  }

  /** Uses up all of the heap while something runs, which was run before: it can name no class. */
  public static void useUpHeap(Runnable meanwhile) {
    for (int size = MB; size > 0; size /= 2) {
      useUpHeap(size);
    }
    try {
      meanwhile.run();
    } finally {
      heap = null;
    }
  }

  private static void useUpHeap(int size) {
    try {
      while (true) {
        Object[] next = new Object[size];
        next[0] = heap;
        heap = next;
      }
    } catch (OutOfMemoryError e) {
      // There is no more of that size.
    }
  }
}
