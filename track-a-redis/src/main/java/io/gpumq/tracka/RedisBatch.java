package io.gpumq.tracka;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one poll or read fetched, and which of it is handed out. One object a consumer or reader,
 * filled anew by each poll or read.
 */
final class RedisBatch implements Entry {
  private final Group group;
  private final Handling handling;
  private final byte[][] ids;
  private final long[] sequences;
  private final int[] deliveries;
  private final byte[][] payloads;
  private final Long[] keys;
  private final String[] targets;
  private final DeadLetter[] letters;
  private final int[] handed;
  private Polled polled = new Polled(this);
  private int moves;
  private int fetched;
  private int size;
  private int current;

  /**
   * @param group whose entries are fetched, or {@code null}: they are read by position
   */
  RedisBatch(Group group, Handling handling) {
    int capacity = handling.capacity();
    this.group = group;
    this.handling = handling;
    this.ids = new byte[capacity][];
    this.sequences = new long[capacity];
    this.deliveries = new int[capacity];
    this.payloads = new byte[capacity][];
    this.keys = new Long[capacity];
    this.targets = new String[capacity];
    this.letters = new DeadLetter[capacity];
    this.handed = new int[capacity];
  }

  /** What the last poll returned. */
  Batch polled() {
    return polled;
  }

  /** Begins a poll: what the last one returned is worth nothing from now on. */
  void begin() {
    clear();
    polled = new Polled(this);
  }

  /** The entries of one poll. */
  private record Polled(RedisBatch entries) implements Batch {
    @Override
    public int size() {
      return entries.polled == this ? entries.size : 0;
    }

    @Override
    public Entry get(int index) {
      if (entries.polled != this) {
        throw new IllegalStateException(
            "this batch ended with the next call of its consumer or reader, or its close");
      }
      entries.current = entries.handed[Objects.checkIndex(index, entries.size)];
      return entries;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  // ---- filled by the consumer

  void clear() {
    moves = group == null ? 0 : group.moves.count();
    fetched = 0;
    size = 0;
  }

  /** Whether the group was not moved since these entries were fetched. */
  boolean isOfThisMove() {
    return moves == group.moves.count();
  }

  /** Adds an entry of a stream as Redis returns it: {@code [id, [field, payload, ...]]}. */
  void add(List<?> entry) {
    byte[] id = (byte[]) entry.get(0);
    List<?> fields = (List<?>) entry.get(1);
    ids[fetched] = id;
    sequences[fetched] = Ids.sequence(id);
    deliveries[fetched] = 1;
    payloads[fetched] = (byte[]) fields.get(1);
    keys[fetched] = null;
    targets[fetched] = null;
    letters[fetched] = null;
    for (int i = 2; i + 1 < fields.size(); i += 2) {
      byte[] name = (byte[]) fields.get(i);
      if (Arrays.equals(name, Args.KEY_FIELD)) {
        keys[fetched] = Long.valueOf(Args.text(fields.get(i + 1)));
      } else if (Arrays.equals(name, Args.TARGET_FIELD)) {
        targets[fetched] = Args.text(fields.get(i + 1));
      } else {
        letters[fetched] = LetterFields.read(fields); // the rest tells of a letter
        break;
      }
    }
    fetched++;
  }

  int fetched() {
    return fetched;
  }

  /** The IDs of what was fetched, from {@code position} on. */
  List<byte[]> idsFrom(int position) {
    return List.of(Arrays.copyOfRange(ids, position, fetched));
  }

  byte[] idAt(int position) {
    return ids[position];
  }

  long sequenceAt(int position) {
    return sequences[position];
  }

  byte[] payloadAt(int position) {
    return payloads[position];
  }

  Long keyAt(int position) {
    return keys[position];
  }

  /** Whether an entry is not for this group's consumers. */
  boolean isForOthers(int position) {
    return targets[position] != null && !targets[position].equals(group.name);
  }

  int deliveriesAt(int position) {
    return deliveries[position];
  }

  void deliveriesAt(int position, int count) {
    deliveries[position] = count;
  }

  /** Hands out the entry that was fetched at {@code position}. */
  void hand(int position) {
    handed[size++] = position;
  }

  byte[] id(int index) {
    return ids[handed[index]];
  }

  long sequence(int index) {
    return sequences[handed[index]];
  }

  /** Entries that were handed out. */
  int size() {
    return size;
  }

  @Override
  public boolean hasKey() {
    return keys[current] != null;
  }

  @Override
  public long key() {
    return hasKey() ? keys[current] : 0;
  }

  @Override
  public long sentMillis() {
    DeadLetter letter = letters[current];
    return Ids.millis(letter == null ? sequences[current] : letter.sequence());
  }

  @Override
  public long sequence() {
    return sequences[current];
  }

  @Override
  public int deliveries() {
    return group == null ? 0 : deliveries[current];
  }

  @Override
  public Optional<DeadLetter> letter() {
    return Optional.ofNullable(letters[current]);
  }

  /** Returns what an entry says that is to be one of these, and a letter. */
  DeadLetter requireLetter(Entry entry) {
    if (entry != this || size == 0) {
      throw new ConfigException("letter: must be an entry of this consumer's last poll");
    }
    return letter()
        .orElseThrow(
            () ->
                new ConfigException(
                    "entry of sequence " + sequence() + ": must be a dead letter, to be replayed"));
  }

  @Override
  public ByteBuffer payload() {
    return handling.payload(current);
  }

  @Override
  public ByteBuffer result() {
    return handling.result(current);
  }
}
