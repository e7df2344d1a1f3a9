package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The device's protocol on threads under ThreadSanitizer ({@code ring_protocol_tsan.cpp}), and that
 * the run notices when an ordering or a gate is not what it should be.
 */
class ProtocolTsanTest {
  private static final Path SOURCES = Path.of("src");
  private static final Duration RUN_LIMIT = Duration.ofMinutes(10);

  /** Runs that a flaw may stay unseen in: which thread meets which is chance. */
  private static final int CHANCES = 8;

  /** How long a run with a flaw may take: one that hangs is noticed by that. */
  private static final String FLAWED_SECONDS = "40";

  /** How the program exits when nothing was wrong, but not everything was tried: no verdict. */
  private static final int NOT_ALL_HAPPENED = 2;

  /** A flaw to put into a copy of the sources: what to write in place of what. */
  private enum Flaw {
    COMPLETION_WORD_NOT_RELEASED(
        "main/cuda/ordering.h",
        "Shared<uint64_t>(*word).store(value, release);",
        "Shared<uint64_t>(*word).store(value, relaxed);"),
    SHARED_WORDS_NOT_ACQUIRED(
        "main/cuda/ordering.h",
        "Shared<uint64_t>(*word).load(std::memory_order_acquire)",
        "Shared<uint64_t>(*word).load(relaxed)"),
    HEAD_PASSED_ON_WITHOUT_RELEASE(
        "main/cuda/ordering.h",
        "compare_exchange_weak(seen, value, release, relaxed)",
        "compare_exchange_weak(seen, value, relaxed, relaxed)"),
    PUSHED_ONE_TOO_FAR(
        "main/cuda/ring_protocol.h",
        "seen.push_limit >= next + n",
        "seen.push_limit + 1 >= next + n"),
    PUSH_LIMIT_NOT_RELEASED(
        "test/cpp/ring_host.h",
        "limit_word_.set_release(limit_ = ",
        "limit_word_.set_opaque(limit_ = "),
    EXPRESS_READS_BEYOND_ITS_MESSAGE(
        "main/cuda/express.h",
        "const uint64_t low = offset < length ? load_eight(bytes + offset) : 0;",
        "const uint64_t low = load_eight(bytes + offset);"),
    AN_UNTOUCHED_CELL_IS_A_MESSAGE(
        "main/cuda/ring_words.h",
        "return word != 0 && word == express_word(sequence, express_length_in(word));",
        "return word == express_word(sequence, express_length_in(word));"),
    CLAIMED_ONE_TOO_MANY(
        "test/cpp/ring_host.h",
        "end > usable + g_.ingress_slots",
        "end > usable + g_.ingress_slots + 1"),
    /** A message is carried again by the warps that take up the work of others. */
    CARRIES_TWICE(
        "main/cuda/ring_protocol.h",
        "if (sequence >= ring.resume_end) return false;",
        "return false;");

    private final String file;
    private final String right;
    private final String wrong;

    Flaw(String file, String right, String wrong) {
      this.file = file;
      this.right = right;
      this.wrong = wrong;
    }
  }

  @Test
  void carriesThousandsOfLapsWithoutRace(@TempDir Path folder) {
    Path program = compile(SOURCES, folder);
    var result = run(program, List.of());
    assertEquals(0, result.exit(), result.output());
  }

  @ParameterizedTest
  @EnumSource
  void notices(Flaw flaw, @TempDir Path folder) throws IOException {
    Path copy = folder.resolve("src");
    copy("main/cuda", copy);
    copy("test/cpp", copy);
    Path file = copy.resolve(flaw.file);
    String source = Files.readString(file);
    int at = source.indexOf(flaw.right);
    assertTrue(
        at >= 0 && at == source.lastIndexOf(flaw.right), flaw.file + " has not one " + flaw.right);
    Files.writeString(file, source.replace(flaw.right, flaw.wrong));
    Path program = compile(copy, folder);
    boolean noticed = false;
    for (int seed = 1; !noticed && seed <= CHANCES; seed++) {
      int exit = run(program, List.of(Integer.toString(seed), FLAWED_SECONDS)).exit();
      noticed = exit != 0 && exit != NOT_ALL_HAPPENED;
    }
    assertTrue(noticed, "ran without complaint " + CHANCES + " times");
  }

  private static Path compile(Path sources, Path folder) {
    return Gxx.orSkip("the device's protocol, under ThreadSanitizer")
        .compile(
            sources.resolve("test/cpp/ring_protocol_tsan.cpp"),
            folder.resolve("ring_protocol_tsan"),
            "-O1",
            "-g",
            "-fsanitize=thread",
            "-Wno-unknown-pragmas"); // #pragma unroll is nvcc's
  }

  private static Gxx.Result run(Path program, List<String> arguments) {
    return Gxx.runUnderTsan(
        RUN_LIMIT,
        Stream.concat(Stream.of(program.toString()), arguments.stream()).toArray(String[]::new));
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
