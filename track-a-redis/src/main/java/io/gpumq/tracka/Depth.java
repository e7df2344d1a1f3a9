package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XPENDING;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts the messages that at least one of several groups has not settled: what the slowest group
 * has not read, and below that what any group has pending.
 */
record Depth(Link link, byte[] stream, List<Group> groups) {
  private static final int PAGE = 4096;

  /** The depth; exact while nothing is sent or settled. */
  long of(Room room) {
    Group slowest =
        groups.stream().min(Comparator.comparingLong((Group g) -> g.read.get())).orElseThrow();
    long unread = room.sent() - slowest.read.get();
    Set<Long> pending = new HashSet<>();
    for (Group group : groups) {
      addPending(group, slowest.lastRead(), pending);
    }
    return unread + pending.size();
  }

  private void addPending(Group group, long upTo, Set<Long> pending) {
    byte[] from = Args.FIRST;
    List<?> page;
    do {
      page = (List<?>) link.call(XPENDING, stream, group.key, from, Ids.id(upTo), Args.bytes(PAGE));
      for (Object entry : page) {
        byte[] id = (byte[]) ((List<?>) entry).get(0);
        pending.add(Ids.sequence(id));
        from = Args.bytes("(" + Args.text(id));
      }
    } while (page.size() == PAGE);
  }
}
