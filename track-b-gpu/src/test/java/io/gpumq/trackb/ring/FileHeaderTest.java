package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.kernels.RingLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who maps the file by {@code struct FileHeader} of ring_layout.h finds everything there. */
class FileHeaderTest {
  private static final Path LAYOUT = Path.of("../kernels/src/main/cuda/ring_layout.h");
  private static final RingGeometry GEOMETRY =
      new RingGeometry(1, 1024, 512, 256, 64, 4, 80, 32, 3, 5 * 1024);

  @Test
  void headerSaysWhatTheQueueIs() throws IOException {
    try (SharedFile file = SharedFile.create("header", GEOMETRY)) {
      Map<String, Long> header = header(file.path());
      assertEquals(RingLayout.MAGIC, header.remove("magic"));
      assertEquals(RingLayout.VERSION, header.remove("version"));
      assertEquals(64, header.remove("slot_bytes"));
      assertEquals(Files.size(file.path()), header.remove("file_bytes"));
      assertEquals(1024, header.remove("capacity"));
      assertEquals(512, header.remove("ingress_slots"));
      assertEquals(256, header.remove("window_slots"));
      assertEquals(80, header.remove("stride_bytes"));
      assertEquals(GEOMETRY.readAreaBytes(), header.remove("read_area_bytes"));
      assertEquals(RingGeometry.READ_AREAS, header.remove("read_areas"));
      assertEquals(5 * 1024, header.remove("first_sequence"));
      assertEquals(3, header.remove("max_tries"));
      assertEquals(32, header.remove("chunk_slots"));
      assertEquals(ProcessHandle.current().pid(), header.remove("owner_pid"));
      header.keySet().removeIf(name -> name.endsWith("_offset")); // the next test's
      assertEquals(Map.of(), header, "fields that nobody wrote");
    }
  }

  @Test
  void headerSaysWhereEveryBlockLies() throws IOException {
    try (SharedFile file = SharedFile.create("blocks", GEOMETRY)) {
      Map<String, Long> header = header(file.path());
      Map<Long, ByteBuffer> blocks =
          Map.of(
              (long) RingLayout.CONTROL_OFFSET,
              file.control(),
              header.get("descriptors_offset"),
              file.descriptors(),
              header.get("ingress_offset"),
              file.ingress(),
              header.get("completions_offset"),
              file.completions(),
              header.get("window_offset"),
              file.window(),
              header.get("express_offset"),
              file.express(),
              header.get("reads_offset"),
              file.reads());
      blocks.forEach((offset, block) -> block.order(ByteOrder.LITTLE_ENDIAN).putLong(0, ~offset));
      ByteBuffer whole = map(file.path());
      long end = RingLayout.CONTROL_OFFSET;
      for (ByteBuffer block : file.blocks()) {
        assertEquals(~end, whole.getLong((int) end), "the block that begins at " + end);
        end += block.capacity();
      }
      assertEquals(header.get("file_bytes"), end);
    }
  }

  /** Every field of the header, found by its type and place in the struct. */
  private static Map<String, Long> header(Path path) throws IOException {
    String layout = Files.readString(LAYOUT);
    int begin = layout.indexOf("struct FileHeader {");
    String body = layout.substring(begin, layout.indexOf("};", begin));
    ByteBuffer file = map(path);
    Map<String, Long> fields = new HashMap<>();
    int at = 0;
    for (MatchResult field :
        Pattern.compile("(?m)^ *uint(32|64)_t (\\w+);").matcher(body).results().toList()) {
      int bytes = Integer.parseInt(field.group(1)) / 8;
      assertEquals(0, at % bytes, "there is a hole before " + field.group(2));
      fields.put(field.group(2), bytes == 8 ? file.getLong(at) : file.getInt(at));
      at += bytes;
    }
    assertEquals(RingLayout.HEADER_BYTES, at);
    return fields;
  }

  private static ByteBuffer map(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      return file.map(MapMode.READ_ONLY, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
