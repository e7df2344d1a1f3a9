package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The protocol of a ring that lanes share, on threads under ThreadSanitizer ({@code
 * link_protocol_tsan.cpp}), and that the run notices when an ordering or a gate is not what it
 * should be.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LinkProtocolTsanTest {
  private static final Path SOURCES = Path.of("src");
  private static final Duration RUN_LIMIT = Duration.ofMinutes(10);

  /** Runs that a flaw may stay unseen in: which thread meets which is chance. */
  private static final int CHANCES = 8;

  /** How long a part of a run with a flaw may take: one that hangs is noticed by that. */
  private static final String FLAWED_SECONDS = "40";

  /** How the program exits when nothing was wrong, but not everything was tried: no verdict. */
  private static final int NOT_ALL_HAPPENED = 2;

  /** A flaw to put into a copy of the sources: what to write in place of what. */
  private enum Flaw {
    COMPLETION_WORD_NOT_RELEASED(
        "main/cuda/ordering.h",
        "Shared<uint64_t>(*word).store(value, release);",
        "Shared<uint64_t>(*word).store(value, relaxed);"),
    /** The head, before the descriptor, and the completion words of a kernel before. */
    SHARED_WORDS_NOT_ACQUIRED(
        "main/cuda/ordering.h",
        "Shared<uint64_t>(*word).load(std::memory_order_acquire)",
        "Shared<uint64_t>(*word).load(relaxed)"),
    HEAD_NOT_RELEASED(
        "test/cpp/link_slots.h",
        "      head_word_.set_release(head);",
        "      head_word_.set_opaque(head);"),
    HEAD_PASSED_ON_WITHOUT_RELEASE(
        "main/cuda/ordering.h",
        "compare_exchange_weak(seen, value, release, relaxed)",
        "compare_exchange_weak(seen, value, relaxed, relaxed)"),
    HEADER_CORRECTED_BEHIND_THE_COMPLETION(
        "main/cuda/link/protocol.h",
        "complete(ring, sequence, moves, completion_of(sequence, work.what, outcome));",
        """
        complete(ring, sequence, moves, completion_of(sequence, work.what, outcome));
        correct_header<H>(ring, work.what, work.where, outcome);
        """),
    /** And what follows comes late, or its release would serve. */
    CELL_NOT_RELEASED(
        "main/cuda/ordering.h",
        "static_cast<uint64_t>(half.word[3]) << 32 | half.word[2], release);",
        """
        static_cast<uint64_t>(half.word[3]) << 32 | half.word[2], relaxed);
          std::this_thread::yield();\
        """),
    CELL_NOT_ACQUIRED(
        "main/cuda/ordering.h",
        "Shared<uint64_t>(words[1]).load(std::memory_order_acquire)",
        "Shared<uint64_t>(words[1]).load(relaxed)"),
    /** The word of a cell is there before its bytes are. */
    CELL_TORN(
        "main/cuda/ordering.h",
        "  Shared<uint64_t>(words[0]).store(static_cast<uint64_t>(half.word[1]) << 32 |",
        """
          Shared<uint64_t>(words[1]).store(static_cast<uint64_t>(half.word[3]) << 32 | half.word[2],
                                           release);
          std::this_thread::yield();
          Shared<uint64_t>(words[0]).store(static_cast<uint64_t>(half.word[1]) << 32 |\
        """),
    EXPRESS_READS_BEYOND_ITS_RESULT(
        "main/cuda/link/express.h",
        "const uint64_t low = offset < length ? load_eight(bytes + offset) : 0;",
        "const uint64_t low = load_eight(bytes + offset);"),
    AN_UNTOUCHED_CELL_IS_A_MESSAGE(
        "main/cuda/link/words.h",
        "return word != 0 && word == express_word(sequence, text_in(word));",
        "return word == express_word(sequence, text_in(word));"),
    /** A message is carried again by the warps that take up the work of others. */
    CARRIES_TWICE(
        "main/cuda/link/protocol.h",
        "if (sequence >= ring.resume_end) return false;",
        "return false;"),
    PUSHES_WHAT_IT_MUST_NOT(
        "main/cuda/link/carry.h", "there && (is_read || is_pushed(what)) ?", "there ?"),
    CLAIMED_ONE_TOO_MANY(
        "test/cpp/link_slots.h",
        "first + count > landed + slots_",
        "first + count > landed + slots_ + 1"),
    CHUNK_TAKEN_BEFORE_IT_LANDED(
        "test/cpp/link_chunks.h", " || !has_landed_(resting_.front()->until())", ""),
    WINDOW_OVERWRITTEN_WHILE_HELD(
        "test/cpp/link_chunks.h", "is_pushed_ = readers_.load() == 0;", "is_pushed_ = true;"),
    READ_INTO_WHAT_IS_HELD("test/cpp/link_host.h", "return read_chunks_;", "return chunks_;"),
    PLACE_OF_ANOTHER_MESSAGE(
        "test/cpp/link_lane.h", "open_->used += units;", "open_->used += units - 1;"),
    FREED_BEFORE_IT_WAS_READ(
        "test/cpp/link_lane.h", "std::min(end, landed())", "std::max(end, landed())"),
    /** The payload of a message that is sent again is another's by the time that it moves. */
    SOURCE_FREED_BEFORE_IT_HAS_MOVED(
        "test/cpp/link_lane.h", "while (sent && landed() <= index) {", "while (false) {"),
    /** The copy engine is still at work when the message is published. */
    COPIED_BEHIND_ITS_HEAD(
        "test/cpp/link_lane.h",
        """
            std::memcpy(link_.ring().at(source), message.payload, message.length);
            return append_moved(next, source, index);
        """,
        """
            const bool sent = append_moved(next, source, index);
            if (sent) std::memcpy(link_.ring().at(source), message.payload, message.length);
            return sent;
        """),
    MOVES_WHAT_LIES_BESIDE(
        "main/cuda/link/carry.h", "ring.at(source + i)", "ring.at(source + i + 1)"),
    HANDLES_WHAT_IS_TO_BE_KEPT(
        "main/cuda/link/words.h",
        "return op_in(what) == kOpCarry || op_in(what) == kOpMove;",
        "return op_in(what) != kOpRead;"),
    /** A handler runs beside the one that it should come after. */
    DOES_NOT_WAIT_FOR_THE_ONE_BEFORE(
        "main/cuda/link/order.h",
        "const bool waits = after != 0 &&",
        "const bool waits = false &&"),
    DONE_NOT_RELEASED(
        "main/cuda/ordering.h",
        "compare_exchange_strong(from, to, release, relaxed);",
        "compare_exchange_strong(from, to, relaxed, relaxed);"),
    DONE_NOT_ACQUIRED(
        "main/cuda/ordering.h",
        "Local<uint64_t>(*word).load(std::memory_order_acquire)",
        "Local<uint64_t>(*word).load(relaxed)"),
    SAYS_THAT_NOTHING_CAME_BEFORE(
        "test/cpp/link_lane.h", "bucket.last <= link_.completions().landed() ?", "true ?"),
    /** Who looks for it is sent where it will lie, and does not yet. */
    SHOWN_BEFORE_IT_HAS_MOVED(
        "test/cpp/link_lane.h",
        "    copy(old, place);\n",
        """
            {
              const std::lock_guard<std::mutex> early(lock_);
              entry(index).place = place;
            }
            copy(old, place);
        """),
    /** Its old place is another's while somebody still reads there. */
    MOVED_WHILE_IT_WAS_READ(
        "test/cpp/link_reader.h",
        "pinned_.push_back(entry.segment);",
        "lane_.let_go(entry.segment);");

    private final String file;
    private final String right;
    private final String wrong;

    Flaw(String file, String right, String wrong) {
      this.file = file;
      this.right = right;
      this.wrong = wrong;
    }
  }

  @TempDir private static Path folder;
  private static ExecutorService compilers;
  private static Future<Path> sound;
  private static final Map<Flaw, Future<Path>> FLAWED = new EnumMap<>(Flaw.class);

  /** While one runs, the next are compiled. */
  @BeforeAll
  static void beginToCompile() {
    Gxx compiler = Gxx.orSkip("the protocol of shared rings, under ThreadSanitizer");
    compilers = Executors.newFixedThreadPool(2);
    sound = compilers.submit(() -> compile(compiler, SOURCES, folder));
    for (Flaw flaw : Flaw.values()) {
      FLAWED.put(flaw, compilers.submit(() -> compile(compiler, flaw)));
    }
  }

  @AfterAll
  static void endCompilers() {
    if (compilers != null) {
      compilers.shutdownNow();
    }
  }

  /** Last: its many threads want the processors that the compilers have before. */
  @Test
  @Order(2)
  void carriesHundredsOfLapsWithoutRace() throws Exception {
    var result = run(sound);
    assertEquals(0, result.exit(), result.output());
  }

  @ParameterizedTest
  @EnumSource
  @Order(1)
  void notices(Flaw flaw) throws Exception {
    boolean noticed = false;
    for (int seed = 1; !noticed && seed <= CHANCES; seed++) {
      int exit = run(FLAWED.get(flaw), Integer.toString(seed), FLAWED_SECONDS).exit();
      noticed = exit != 0 && exit != NOT_ALL_HAPPENED;
    }
    assertTrue(noticed, "ran without complaint " + CHANCES + " times");
  }

  private static Path compile(Gxx compiler, Flaw flaw) throws IOException {
    Path copy = folder.resolve(flaw.name());
    copy("main/cuda", copy);
    copy("test/cpp", copy);
    Path file = copy.resolve(flaw.file);
    String source = Files.readString(file);
    int at = source.indexOf(flaw.right);
    assertTrue(
        at >= 0 && at == source.lastIndexOf(flaw.right), flaw.file + " has not one " + flaw.right);
    Files.writeString(file, source.replace(flaw.right, flaw.wrong));
    return compile(compiler, copy, copy);
  }

  private static Path compile(Gxx compiler, Path sources, Path to) {
    return compiler.compile(
        sources.resolve("test/cpp/link_protocol_tsan.cpp"),
        to.resolve("link_protocol_tsan"),
        "-O1",
        "-g1",
        "-fsanitize=thread",
        "-Wno-unknown-pragmas"); // #pragma unroll is nvcc's
  }

  private static Gxx.Result run(Future<Path> program, String... arguments)
      throws InterruptedException, ExecutionException {
    String[] command = new String[1 + arguments.length];
    command[0] = program.get().toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Gxx.runUnderTsan(RUN_LIMIT, command);
  }

  private static void copy(String part, Path to) throws IOException {
    try (var files = Files.walk(SOURCES.resolve(part))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(SOURCES.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }
}
