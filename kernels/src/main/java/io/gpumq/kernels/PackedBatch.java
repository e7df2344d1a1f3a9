package io.gpumq.kernels;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.spi.BatchRunner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A batch as {@code batch.cuh} wants it, and what is the same on every device: packing it and
 * looking at what came back. A device's runner adds the run between the two.
 *
 * <pre>
 *   payloads   capacity slots of strideBytes          lengths   capacity words of 4 bytes
 *   results    capacity slots of resultStrideBytes    errors    capacity words of 4 bytes
 *   returned   as payloads: the same memory, or memory of its own
 * </pre>
 *
 * <p>Both strides are multiples of 16. Every block begins a memory page that it shares with
 * nothing, so that it can be pinned; words are in the machine's byte order. The blocks go with the
 * last view of them. For one thread at a time.
 */
public abstract class PackedBatch implements BatchRunner {
  private static final int ALIGNMENT = 16;

  private final int maxPayloadBytes;
  private final int capacity;
  private final int strideBytes;
  private final int resultBytes;
  private final int resultStrideBytes;
  private final ByteBuffer payloads;
  private final ByteBuffer lengths;
  private final ByteBuffer results;
  private final ByteBuffer errors;
  private final ByteBuffer returned;
  private final ByteBuffer returnedView;
  private final ByteBuffer resultsView;

  /**
   * @param handler what the batch is for
   * @param maxPayloadBytes largest payload in bytes, from 0
   * @param capacity most messages, from 1
   * @param apart whether payloads come back into memory of their own, so that what a reader sees
   *     has made the trip
   * @throws ConfigException if a block would be larger than a buffer can be
   */
  protected PackedBatch(HandlerSpec handler, int maxPayloadBytes, int capacity, boolean apart) {
    long stride = align(Math.max(1, maxPayloadBytes), ALIGNMENT);
    this.resultBytes = handler.resultBytes();
    this.resultStrideBytes = (int) Math.max(ALIGNMENT, align(resultBytes, ALIGNMENT));
    long room = Integer.MAX_VALUE - 2L * LinkLayout.PAGE_BYTES;
    if (maxPayloadBytes < 0
        || capacity < 1
        || Math.max(stride, resultStrideBytes) * capacity > room) {
      throw new ConfigException(
          "max-payload-bytes "
              + maxPayloadBytes
              + ", batch "
              + capacity
              + ": must be at least 0 and 1, their product at most "
              + room);
    }
    this.maxPayloadBytes = maxPayloadBytes;
    this.capacity = capacity;
    this.strideBytes = (int) stride;
    this.payloads = pages(stride * capacity);
    this.lengths = pages((long) Integer.BYTES * capacity);
    this.results = pages((long) resultStrideBytes * capacity);
    this.errors = pages((long) Integer.BYTES * capacity);
    this.returned = apart ? pages(stride * capacity) : payloads;
    this.returnedView = returned.asReadOnlyBuffer();
    this.resultsView = results.asReadOnlyBuffer();
  }

  private static ByteBuffer pages(long bytes) {
    int page = LinkLayout.PAGE_BYTES;
    int whole = (int) align(bytes, page);
    return ByteBuffer.allocateDirect(whole + page - 1)
        .alignedSlice(page)
        .order(ByteOrder.nativeOrder());
  }

  private static long align(long bytes, int to) {
    return (bytes + to - 1) / to * to;
  }

  @Override
  public final int capacity() {
    return capacity;
  }

  @Override
  public final void put(int index, byte[] payload) {
    Objects.checkIndex(index, capacity);
    if (payload.length > maxPayloadBytes) {
      throw new PayloadTooLargeException(
          "payload of " + payload.length + " bytes: must be at most " + maxPayloadBytes);
    }
    payloads.put(index * strideBytes, payload);
    lengths.putInt(index * Integer.BYTES, payload.length);
  }

  @Override
  public final int error(int index) {
    return errors.getInt(Objects.checkIndex(index, capacity) * Integer.BYTES);
  }

  @Override
  public final ByteBuffer payload(int index) {
    Objects.checkIndex(index, capacity);
    return returnedView.slice(index * strideBytes, length(index));
  }

  @Override
  public final ByteBuffer result(int index) {
    Objects.checkIndex(index, capacity);
    return resultsView.slice(index * resultStrideBytes, resultBytes);
  }

  /** Bytes of the payload last put at {@code index}. */
  protected final int length(int index) {
    return lengths.getInt(index * Integer.BYTES);
  }

  /** From one payload to the next. */
  protected final int strideBytes() {
    return strideBytes;
  }

  /** Bytes of every result: 0 where the handler makes none. */
  protected final int resultBytes() {
    return resultBytes;
  }

  /** From one result to the next: room for {@link #resultBytes()}, and never 0. */
  protected final int resultStrideBytes() {
    return resultStrideBytes;
  }

  /** What was put. */
  protected final ByteBuffer payloads() {
    return payloads;
  }

  /** How long each is. */
  protected final ByteBuffer lengths() {
    return lengths;
  }

  /** Takes the results. */
  protected final ByteBuffer results() {
    return results;
  }

  /** Takes each message's error code. */
  protected final ByteBuffer errors() {
    return errors;
  }

  /** Takes the payloads that come back. */
  protected final ByteBuffer returned() {
    return returned;
  }
}
