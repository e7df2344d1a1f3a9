package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.SEGMENT_CHECKSUM_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_CLEANED;
import static io.gpumq.kernels.LinkLayout.SEGMENT_END_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_ENTRIES_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_FIRST_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_FLAGS_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_HEADER_BYTES;
import static io.gpumq.kernels.LinkLayout.SEGMENT_KILOBYTES_OFFSET;
import static io.gpumq.kernels.LinkLayout.SEGMENT_MAGIC;
import static io.gpumq.kernels.LinkLayout.SEGMENT_OWN;
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
 * @param first sequence of its first entry
 * @param end one more than that of its last
 * @param entries that lie in it
 * @param units that are used, this header's included
 * @param blockBytes of its block, whole kilobytes
 * @param isOwn whether it is for one entry
 * @param isCleaned whether its entries were moved there, and some between them had gone
 */
public record SegmentHeader(
    long first,
    long end,
    int entries,
    int units,
    int blockBytes,
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
    bytes.putLong(SEGMENT_FIRST_OFFSET, first);
    bytes.putLong(SEGMENT_END_OFFSET, end);
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
    return new SegmentHeader(
        bytes.getLong(SEGMENT_FIRST_OFFSET),
        bytes.getLong(SEGMENT_END_OFFSET),
        bytes.getInt(SEGMENT_ENTRIES_OFFSET),
        bytes.getInt(SEGMENT_UNITS_OFFSET),
        (bytes.getShort(SEGMENT_KILOBYTES_OFFSET) & 0xffff) << 10,
        (flags & SEGMENT_OWN) != 0,
        (flags & SEGMENT_CLEANED) != 0);
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, SEGMENT_CHECKSUM_OFFSET));
    return (int) crc.getValue();
  }
}
