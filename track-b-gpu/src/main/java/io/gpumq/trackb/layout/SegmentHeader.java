package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.SEGMENT_BASE_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_CHECKSUM_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_CLEANED;
import static io.gpumq.kernels.LinkLayout.SEGMENT_END_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_ENTRIES_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_EPOCH_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_FIRST_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_FLAGS_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_HEADER_BYTES;
import static io.gpumq.kernels.LinkLayout.SEGMENT_KILOBYTES_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_LAST_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_LIVE_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_MAGIC;
import static io.gpumq.kernels.LinkLayout.SEGMENT_OWN;
import static io.gpumq.kernels.LinkLayout.SEGMENT_QUEUE_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_SEALED;
import static io.gpumq.kernels.LinkLayout.SEGMENT_UNITS_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_VERSION;
import static io.gpumq.kernels.LinkLayout.SEGMENT_VERSION_OFFSET;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The 64 bytes before a segment's entries, which say what it is; {@code link/layout.h} draws them.
 *
 * @param queue whose it is: a number that no other queue of its track has had
 * @param epoch when its track was opened, in milliseconds since 1970
 * @param first sequence of its first entry
 * @param end one more than that of its last
 * @param entries that lie in it
 * @param units that are used, this header's included
 * @param blockBytes of its block, whole kilobytes
 * @param live how many of its entries lived when this was written
 * @param firstLive the sequence of the first of these; {@code first} where there was none
 * @param lastLive that of the last of these; {@code first} where there was none
 * @param isOwn whether it is for one entry
 * @param isCleaned whether its entries were moved there, and some between them had gone
 */
public record SegmentHeader(
    int queue,
    long epoch,
    long first,
    long end,
    int entries,
    int units,
    int blockBytes,
    int live,
    long firstLive,
    long lastLive,
    boolean isOwn,
    boolean isCleaned) {
  /** Writes it as that of a segment to which nothing is added, from 0 on; little endian. */
  public void write(ByteBuffer to) {
    ByteBuffer bytes = to.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(0, new byte[SEGMENT_HEADER_BYTES]);
    int flags = SEGMENT_SEALED | (isOwn ? SEGMENT_OWN : 0) | (isCleaned ? SEGMENT_CLEANED : 0);
    bytes.putInt(0, SEGMENT_MAGIC);
    bytes.putShort(SEGMENT_VERSION_OFFSET, (short) SEGMENT_VERSION);
    bytes.putShort(SEGMENT_FLAGS_OFFSET, (short) flags);
    bytes.putInt(SEGMENT_QUEUE_OFFSET, queue);
    bytes.putInt(SEGMENT_LIVE_OFFSET, live);
    bytes.putLong(SEGMENT_EPOCH_OFFSET, epoch);
    bytes.putLong(SEGMENT_FIRST_OFFSET, first);
    bytes.putLong(SEGMENT_END_OFFSET, end);
    bytes.putInt(SEGMENT_BASE_OFFSET, (int) (firstLive - first));
    bytes.putInt(SEGMENT_LAST_OFFSET, (int) (lastLive - first));
    bytes.putInt(SEGMENT_ENTRIES_OFFSET, entries);
    bytes.putInt(SEGMENT_UNITS_OFFSET, units);
    bytes.putShort(SEGMENT_KILOBYTES_OFFSET, (short) (blockBytes >> 10)); // at most 32,768
    bytes.putInt(SEGMENT_CHECKSUM_OFFSET, checksum(bytes));
  }

  /**
   * Reads one from 0 on.
   *
   * @return {@code null} where there is none, or one that is damaged or of another version
   */
  public static SegmentHeader read(ByteBuffer from) {
    ByteBuffer bytes = from.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.getInt(0) != SEGMENT_MAGIC
        || bytes.getShort(SEGMENT_VERSION_OFFSET) != SEGMENT_VERSION
        || bytes.getInt(SEGMENT_CHECKSUM_OFFSET) != checksum(bytes)) {
      return null;
    }
    int flags = bytes.getShort(SEGMENT_FLAGS_OFFSET);
    long first = bytes.getLong(SEGMENT_FIRST_OFFSET);
    return new SegmentHeader(
        bytes.getInt(SEGMENT_QUEUE_OFFSET),
        bytes.getLong(SEGMENT_EPOCH_OFFSET),
        first,
        bytes.getLong(SEGMENT_END_OFFSET),
        bytes.getInt(SEGMENT_ENTRIES_OFFSET),
        bytes.getInt(SEGMENT_UNITS_OFFSET),
        (bytes.getShort(SEGMENT_KILOBYTES_OFFSET) & 0xffff) << 10,
        bytes.getInt(SEGMENT_LIVE_OFFSET),
        first + bytes.getInt(SEGMENT_BASE_OFFSET),
        first + bytes.getInt(SEGMENT_LAST_OFFSET),
        (flags & SEGMENT_OWN) != 0,
        (flags & SEGMENT_CLEANED) != 0);
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, SEGMENT_CHECKSUM_OFFSET));
    return (int) crc.getValue();
  }
}
