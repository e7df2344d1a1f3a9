package io.gpumq.trackb.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.kernels.LinkLayout;
import io.gpumq.trackb.layout.RingShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A ring's file: who maps it by {@code struct FileHeader} of {@code link/layout.h} finds everything
 * there, and its memory goes with the last that wants it.
 */
class RingFileTest {
  private static final Path LAYOUT = Path.of("../kernels/src/main/cuda/link/layout.h");

  /** No two figures are the same. */
  private static final RingShape SHAPE = new RingShape(1024, 8192, 6, 32, 3, 500, 20, 7777, 2);

  private final RingFile file = RingFile.create("header", SHAPE);

  @AfterEach
  void close() {
    file.close();
  }

  @Test
  void theHeaderSaysWhatTheRingIs() throws IOException {
    Map<String, Long> header = header(file.path());
    assertEquals(LinkLayout.MAGIC, header.remove("magic"));
    assertEquals(LinkLayout.VERSION, header.remove("version"));
    assertEquals(1024, header.remove("slots"));
    assertEquals(Files.size(file.path()), header.remove("file_bytes"));
    assertEquals(8192, header.remove("chunk_bytes"));
    assertEquals(6, header.remove("chunks"));
    assertEquals(32, header.remove("ticket_slots"));
    assertEquals(3, header.remove("max_tries"));
    assertEquals(20, header.remove("result_bytes"));
    assertEquals(SHAPE.expressBytes(), header.remove("express_bytes"));
    assertEquals(7777, header.remove("states_place"));
    assertEquals(ProcessHandle.current().pid(), header.remove("owner_pid"));
    header.keySet().removeIf(name -> name.endsWith("_offset")); // the next test's
    assertEquals(Map.of(), header, "fields that nobody wrote");
  }

  @Test
  void theFileBeginsWithItsName() throws IOException {
    byte[] begin = new byte[Long.BYTES];
    map(file.path()).get(0, begin);
    assertEquals("\u001a\nGPUMQ2", new String(begin, "ISO-8859-1"));
  }

  @Test
  void theHeaderSaysWhereEveryBlockLies() throws IOException {
    Map<String, Long> header = header(file.path());
    Map<Long, ByteBuffer> blocks =
        Map.of(
            (long) LinkLayout.CONTROL_OFFSET,
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
            file.express());
    blocks.forEach((offset, block) -> mark(block, ~offset));
    ByteBuffer whole = map(file.path());
    long end = LinkLayout.CONTROL_OFFSET;
    for (ByteBuffer block : file.blocks()) {
      assertEquals(0, block.capacity() % LinkLayout.PAGE_BYTES);
      assertEquals(~end, whole.getLong((int) end), "the block that begins at " + end);
      assertEquals(~end, whole.getLong((int) end + block.capacity() - Long.BYTES), "and ends");
      end += block.capacity();
    }
    assertEquals(header.get("file_bytes"), end);
  }

  private static void mark(ByteBuffer block, long value) {
    ByteBuffer marked = block.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    marked.putLong(0, value).putLong(block.capacity() - Long.BYTES, value);
  }

  @Test
  void everyBlockHasRoomForAllThatLiesThere() {
    assertTrue(file.control().capacity() >= LinkLayout.CONTROL_WORDS * LinkLayout.CONTROL_STRIDE);
    assertTrue(file.descriptors().capacity() >= 1024 * LinkLayout.DESCRIPTOR_BYTES);
    assertTrue(file.ingress().capacity() >= 6 * 8192);
    assertTrue(file.completions().capacity() >= 1024 * Long.BYTES);
    assertTrue(file.window().capacity() >= 6 * 8192);
    int express = 2 * LinkLayout.EXPRESS_SLOTS * SHAPE.expressBytes();
    assertTrue(file.express().capacity() >= express);
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file.path()));
  }

  @Test
  void itsMemoryGoesWithItsLastHolderAndLooksShowZeros() {
    assertTrue(Files.exists(file.path()));
    file.window().putLong(0, 42);
    file.hold();
    file.close();
    assertFalse(Files.exists(file.path()));
    file.close();
    assertEquals(42, file.window().getLong(0), "somebody may still look at an entry there");
    assertTrue(file.tryHold());
    file.release();
    assertEquals(42, file.window().getLong(0));
    file.release();
    assertEquals(0, file.window().getLong(0), "given back");
    file.window().putLong(0, 43); // a late writer harms nobody
    assertFalse(file.tryHold());
  }

  @Test
  void twoRingsOfOneNameHaveAFileEach() {
    try (RingFile other = RingFile.create("header", SHAPE)) {
      assertNotEquals(file.path(), other.path());
    }
  }

  /** More than any machine has: refused before the memory that there is gets filled with zeros. */
  @Test
  void aFileThatThereIsNoRoomForIsRefusedAndLeavesNothing() throws IOException {
    Path vast = RingFileName.fresh("vast").ring(file.path().getParent());
    String why =
        assertThrows(IOException.class, () -> MemoryFile.create(vast, 1L << 60)).getMessage();
    assertTrue(why.matches("only [0-9]+ bytes free there"), why);
    String own = "gpumq-" + ProcessHandle.current().pid() + ".";
    try (var files = Files.list(file.path().getParent())) {
      assertFalse(
          files
              .map(path -> path.getFileName().toString())
              .anyMatch(name -> name.startsWith(own) && name.contains("-vast")));
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
    assertEquals(LinkLayout.HEADER_BYTES, at);
    return fields;
  }

  private static ByteBuffer map(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      return file.map(MapMode.READ_ONLY, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
