package io.gpumq.tracka;

import io.gpumq.api.Batch;
import io.gpumq.api.Entry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What one poll fetched, and which of it is handed out. One object a consumer, filled anew by each
 * poll.
 */
final class RedisBatch implements Batch, Entry {
  private final Group group;
  private final Handling handling;
  private final byte[][] ids;
  private final long[] sequences;
  private final int[] deliveries;
  private final byte[][] payloads;
  private final int[] handed;
  private int fetched;
  private int size;
  private int current;

  RedisBatch(Group group, Handling handling) {
    int capacity = handling.capacity();
    this.group = group;
    this.handling = handling;
    this.ids = new byte[capacity][];
    this.sequences = new long[capacity];
    this.deliveries = new int[capacity];
    this.payloads = new byte[capacity][];
    this.handed = new int[capacity];
  }

  Group group() {
    return group;
  }

  // ---- filled by the consumer

  void clear() {
    fetched = 0;
    size = 0;
  }

  /** Adds an entry of a stream as Redis returns it: {@code [id, [field, payload]]}. */
  void add(List<?> entry) {
    byte[] id = (byte[]) entry.get(0);
    List<?> fields = (List<?>) entry.get(1);
    ids[fetched] = id;
    sequences[fetched] = Ids.sequence(id);
    deliveries[fetched] = 1;
    payloads[fetched] = (byte[]) fields.get(1);
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

  // ---- Batch and its one entry

  @Override
  public int size() {
    return size;
  }

  @Override
  public Entry get(int index) {
    current = handed[Objects.checkIndex(index, size)];
    return this;
  }

  @Override
  public long sequence() {
    return sequences[current];
  }

  @Override
  public int deliveries() {
    return deliveries[current];
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
