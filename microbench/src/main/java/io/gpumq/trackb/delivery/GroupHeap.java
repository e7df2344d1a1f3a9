package io.gpumq.trackb.delivery;

import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Prints what groups and their pending entries take up of the heap, in bytes each. */
public final class GroupHeap {
  private static final int GROUPS = 1_000_000;
  private static final int ENTRIES = 1_000_000;
  private static final long LEASE = Long.MAX_VALUE / 2;

  private GroupHeap() {}

  /** Takes no arguments; wants a heap of 1 GB. */
  public static void main(String[] arguments) {
    used(); // what the first measurement itself needs
    DeadLetterSink sink = (sequence, cause, count, name) -> false;
    print(
        "idle group",
        GROUPS,
        i -> new Group("group", i, LEASE, 5, false, s -> true, sink, System::nanoTime));
    for (int batch : new int[] {1, 64, 1_000}) {
      print("pending, taken by " + batch, entries -> entries.leave(ENTRIES, batch));
    }
    print("pending, one of 1,000", entries -> entries.leaveOneOfAThousand(ENTRIES));
    for (int of : new int[] {2, 3, 10}) {
      print("pending, one of 1,000, one of " + of + " of them left", entries -> leave(entries, of));
    }
  }

  private static void leave(PendingEntries entries, int of) {
    entries.leaveOneOfAThousand(of * ENTRIES);
    entries.acknowledgeAtRandom(ENTRIES);
  }

  private static void print(String what, Consumer<PendingEntries> leaving) {
    long before = used();
    PendingEntries entries = new PendingEntries(LEASE);
    leaving.accept(entries);
    long bytes = used() - before;
    print(what, bytes, entries.group().counts().pending());
  }

  private static void print(String what, int count, IntFunction<Group> maker) {
    Group[] groups = new Group[count];
    long before = used();
    for (int i = 0; i < count; i++) {
      groups[i] = maker.apply(i);
    }
    long bytes = used() - before;
    print(what, bytes, groups.length);
  }

  private static void print(String what, long bytes, long count) {
    System.out.printf("%s: %.1f bytes each of %d%n", what, (double) bytes / count, count);
  }

  private static long used() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
