package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XLEN;

import java.util.List;

/**
 * Counts the entries of a stream over one link, page by page: no page is large for Redis, and no
 * payload leaves it. For one thread at a time, which keeps others from taking entries out
 * meanwhile.
 */
record Walk(Link link, byte[] stream, int pageEntries) {
  private static final int MOST_PER_PAGE = 4096;
  private static final int BYTES_PER_PAGE = 4 << 20;

  /** Returns how many entries a page has, and the ID of the last. */
  private static final byte[] PAGE =
      Args.bytes(
          """
          local page = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
          return {#page, #page > 0 and page[#page][1] or ''}
          """);

  /** Returns one over a queue's stream, whose pages are as large as its payloads allow. */
  static Walk over(Link link, byte[] stream, int maxPayloadBytes) {
    int fitting = BYTES_PER_PAGE / Math.max(1, maxPayloadBytes);
    return new Walk(link, stream, Math.max(1, Math.min(MOST_PER_PAGE, fitting)));
  }

  /** What was walked over. */
  private record Walked(long entries, long last) {}

  /** Entries above a sequence and below another. */
  long between(long above, long below) {
    return walk(above, below, Long.MAX_VALUE).entries();
  }

  /** Returns the sequence behind the {@code count} oldest entries below one; 0 if it is none. */
  long behindOldest(long count, long below) {
    Walked walked = walk(-1, below, count);
    return walked.entries() == 0 ? 0 : walked.last() + 1;
  }

  /** Entries in the stream. */
  long length() {
    return link.retry(() -> (Long) link.call(XLEN, stream));
  }

  private Walked walk(long above, long below, long most) {
    long entries = 0;
    long last = above;
    while (entries < most && last < below - 1) {
      byte[] from = last < 0 ? Args.FIRST : Ids.idAfter(last);
      byte[] to = Ids.idBefore(below);
      int asked = (int) Math.min(pageEntries, most - entries);
      List<?> page =
          link.retry(
              () -> (List<?>) link.call(EVAL, PAGE, Args.ONE, stream, from, to, Args.bytes(asked)));
      long found = (Long) page.get(0);
      entries += found;
      if (found > 0) {
        last = Ids.sequence((byte[]) page.get(1));
      }
      if (found < asked) {
        break;
      }
    }
    return new Walked(entries, last);
  }
}
