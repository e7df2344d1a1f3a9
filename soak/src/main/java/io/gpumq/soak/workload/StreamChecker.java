package io.gpumq.soak.workload;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks what one reader is given of any number of streams, and keeps which sequences it saw: a
 * number for each stream, as long as they come one after another. Allocates nothing until one does
 * not. For one thread at a time.
 */
public final class StreamChecker {
  /** Problems described in words; the rest is only counted. */
  private static final int DESCRIBED = 5;

  /** Stands for a message that does not say what it is. */
  private static final long UNKNOWN = -1;

  /** In place of the next sequence: the stream has left its order, and is {@link #apart}. */
  private static final long APART = -1;

  private final StreamForm form;
  private final StreamForm.Body body;
  private final String reader;
  private final long[] next;
  private final Map<Integer, Received> apart = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private long seen;
  private long corrupted;

  StreamChecker(StreamForm form, int streams, String reader) {
    this.form = form;
    this.body = form.newBody();
    this.reader = reader;
    this.next = new long[streams];
  }

  /**
   * Checks one message, and counts it.
   *
   * @param stream of the queue that it came from
   * @param payload the message between position and limit; its position is moved
   */
  public void check(int stream, ByteBuffer payload) {
    seen++;
    long sequence = look(stream, payload);
    if (sequence == next[stream] && sequence >= 0) {
      next[stream] = sequence + 1;
    } else if (sequence != UNKNOWN) {
      apart(stream).add(sequence);
    }
  }

  private Received apart(int stream) {
    if (next[stream] != APART) {
      apart.put(stream, new Received(next[stream]));
      next[stream] = APART;
    }
    return apart.get(stream);
  }

  /** Checks one message that was counted before, and comes again. */
  public void checkAgain(int stream, ByteBuffer payload) {
    look(stream, payload);
  }

  /** Checks a message's bytes; returns its sequence, or {@link #UNKNOWN}. */
  private long look(int stream, ByteBuffer payload) {
    int start = payload.position();
    int bytes = payload.remaining();
    if (bytes < StreamForm.HEADER_BYTES) {
      corrupt("payload of " + bytes + " bytes");
      return UNKNOWN;
    }
    long sequence = StreamForm.sequence(payload, start);
    long mark = form.mark(stream, sequence);
    if (StreamForm.mark(payload, start) != mark || sequence < 0) {
      corrupt("header is none of stream " + stream);
      return UNKNOWN;
    }
    if (bytes != form.bytes(mark)) {
      corrupt(name(stream, sequence) + ": " + bytes + " bytes, sent " + form.bytes(mark));
    } else if (!body.matches(payload, start, mark, bytes)) {
      corrupt(name(stream, sequence) + ": body differs");
    }
    return sequence;
  }

  /** How many entries were counted. */
  public long seen() {
    return seen;
  }

  long corrupted() {
    return corrupted;
  }

  List<String> problems() {
    return problems;
  }

  /** Adds what was seen of a stream; returns how much of it came out of order. */
  long collectInto(int stream, Ranges all) {
    if (next[stream] == 0) {
      return 0;
    }
    if (next[stream] != APART) {
      all.add(0, next[stream]);
      return 0;
    }
    Received received = apart.get(stream);
    received.collectInto(all);
    long[] late = received.reordered();
    if (late.length > 0 && problems.size() < DESCRIBED) {
      problems.add(reader + ": out of order: " + name(stream, late[0]));
    }
    return late.length;
  }

  private void corrupt(String what) {
    corrupted++;
    if (problems.size() < DESCRIBED) {
      problems.add(reader + ": " + what);
    }
  }

  private static String name(int stream, long sequence) {
    return "stream " + stream + " sequence " + sequence;
  }
}
