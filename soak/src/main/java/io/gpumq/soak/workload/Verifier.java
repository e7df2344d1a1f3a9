package io.gpumq.soak.workload;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks what one consumer, or the reader of the dead letters, is given, and keeps which sequences
 * it saw. Allocates nothing unless something is wrong or a sequence was skipped. For one thread at
 * a time.
 */
public final class Verifier {
  /** Problems described in words; the rest is only counted. */
  private static final int DESCRIBED = 5;

  private final Bodies.End bodies;
  private final int payloadBytes;
  private final String reader;
  private final int queue;
  private final HandlerOracle oracle;
  private final int resultBytes;
  private final boolean deadLetters;
  private final Received[] received;
  private final List<String> problems = new ArrayList<>();
  private long seen;
  private long corrupted;
  private int lastProducer;
  private long lastSequence;

  Verifier(
      Bodies bodies,
      String reader,
      int queue,
      int producers,
      HandlerOracle oracle,
      boolean deadLetters) {
    this.bodies = bodies.end();
    this.payloadBytes = bodies.payloadBytes();
    this.reader = reader;
    this.queue = queue;
    this.oracle = oracle;
    this.resultBytes = oracle.resultBytes();
    this.deadLetters = deadLetters;
    this.received = new Received[producers];
    for (int i = 0; i < producers; i++) {
      received[i] = new Received();
    }
  }

  /**
   * Checks one message and what the handler made of it.
   *
   * @param payload the message between position and limit; its position is moved
   * @param result the handler's result, likewise; ignored for a dead letter
   * @return whether the message names its producer and sequence, even if something else is wrong:
   *     {@link #lastProducer()} and {@link #lastSequence()} are its own then
   */
  public boolean check(ByteBuffer payload, ByteBuffer result) {
    seen++;
    int start = payload.position();
    if (payload.remaining() != payloadBytes) {
      corrupt("payload of " + payload.remaining() + " bytes, sent " + payloadBytes);
      return false;
    }
    long sequence = Message.word(payload, start + Message.SEQUENCE_AT);
    long origin = Message.word(payload, start + Message.ORIGIN_AT);
    int producer = (int) (origin >>> 32);
    long digest = bodies.digest(sequence, producer);
    long checksum = Message.checksum(sequence, origin, digest);
    if (Message.word(payload, start + Message.CHECKSUM_AT) != checksum) {
      corrupt("header does not match its checksum");
      return false;
    }
    if ((int) origin != queue || producer < 0 || producer >= received.length || sequence < 0) {
      corrupt("message of another queue or producer: " + name(origin, sequence));
      return false;
    }
    lastProducer = producer;
    lastSequence = sequence;
    received[producer].add(sequence);
    if (!bodies.matches(payload, start, digest, checksum)) {
      corrupt("body differs: " + name(origin, sequence));
    } else if (oracle.fails(sequence) != deadLetters) {
      corrupt(
          (deadLetters ? "dead-lettered without cause: " : "delivered though its handler failed: ")
              + name(origin, sequence));
    } else if (!deadLetters && !accepts(payload.position(start), result, checksum)) {
      corrupt("wrong result of the handler: " + name(origin, sequence));
    }
    return true;
  }

  private boolean accepts(ByteBuffer payload, ByteBuffer result, long checksum) {
    return result.remaining() == resultBytes
        && (!bodies.recomputes(checksum) || oracle.accepts(payload, result));
  }

  /** Producer of the last message that {@link #check} could name. */
  public int lastProducer() {
    return lastProducer;
  }

  /** Sequence of the last message that {@link #check} could name. */
  public long lastSequence() {
    return lastSequence;
  }

  /** How many entries were checked. */
  public long seen() {
    return seen;
  }

  long corrupted() {
    return corrupted;
  }

  /** Counts what came out of order, and names the first of each producer as a problem. */
  long reordered(List<String> examples) {
    long sum = 0;
    for (int producer = 0; producer < received.length; producer++) {
      long[] sequences = received[producer].reordered();
      sum += sequences.length;
      if (sequences.length > 0) {
        examples.add(reader + ": out of order: " + name((long) producer << 32, sequences[0]));
      }
    }
    return sum;
  }

  List<String> problems() {
    return problems;
  }

  void collectInto(int producer, Ranges all) {
    received[producer].collectInto(all);
  }

  private void corrupt(String what) {
    corrupted++;
    if (problems.size() < DESCRIBED) {
      problems.add(reader + ": " + what);
    }
  }

  private static String name(long origin, long sequence) {
    return "producer " + (origin >>> 32) + " sequence " + sequence;
  }
}
