package io.gpumq.cli;

import io.gpumq.soak.bench.Bench;
import io.gpumq.soak.bench.BenchOutcome;
import io.gpumq.soak.bench.BenchOutcome.Failure;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.BenchResult;
import io.gpumq.soak.report.BenchReport;
import io.gpumq.soak.report.Environment;
import io.gpumq.soak.report.HtmlReport;
import io.gpumq.soak.report.TextReport;
import io.gpumq.soak.suite.SuitePlan;
import io.gpumq.soak.workload.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gpumq bench}: the same verified workload through the tracks, side by side. */
@Command(
    name = "bench",
    description = {
      "Carries the same workload through Track A (Redis Streams) and Track B (messages in GPU"
          + " memory), verifies every message, and shows both side by side.",
      "",
      "For each size of payload: throughput under back-pressure, latency at a fixed rate from the"
          + " time each message was to be sent, and round trips of one message at a time."
    },
    mixinStandardHelpOptions = true,
    versionProvider = GpuMq.Version.class,
    sortOptions = false,
    showDefaultValues = false,
    footer = {
      "",
      "Exit code: 0 all verified, 1 a message lost, duplicated, reordered or corrupted or a track"
          + " failed, 2 a bad value or something missing."
    })
final class BenchCommand implements Callable<Integer> {
  private static final Duration DURATION = Duration.ofMillis(1400);
  private static final Duration WARMUP = Duration.ofMillis(600);
  private static final Duration QUICK_DURATION = Duration.ofMillis(400);
  private static final Duration QUICK_WARMUP = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  enum TrackChoice {
    A("a"),
    B("b"),
    /** The ring first: the JIT then compiles what both share for direct buffers alone. */
    BOTH("b", "a");

    private final List<String> names;

    TrackChoice(String... names) {
      this.names = List.of(names);
    }
  }

  @Option(names = "--track", paramLabel = "a|b|both", description = "Which tracks (both).")
  private TrackChoice track = TrackChoice.BOTH;

  @Option(
      names = "--device",
      paramLabel = "auto|cuda|host",
      description = "What runs the handlers; auto takes the GPU where there is one (auto).")
  private String device = "auto";

  @Option(
      names = "--isolation",
      paramLabel = "none|process",
      description = "Whether Track B runs its handlers in a process of their own (none).")
  private String isolation;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A setting of Track B: store.bytes (such as 20G or 80%%), cuda.device, cuda.blocks,"
              + " cuda.idle-ms, isolation, isolation.standby. Once for each (none).")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--payload",
      split = ",",
      paramLabel = "BYTES",
      description =
          "Sizes of the messages, 32 to 16777216 bytes each; one given twice is measured once"
              + " (64,256,1024,4096).")
  private List<Integer> payloads = List.of(64, 256, 1024, 4096);

  @Option(
      names = "--handler",
      paramLabel = "NAME",
      description = "echo, crc32c, sha256 or fail:every=N[,attempts=K] (echo).")
  private String handler = "echo";

  @Option(
      names = "--verify",
      paramLabel = "full|light",
      description =
          "What of each message is written and checked: every byte, or sequence, length and one"
              + " word (full).")
  private Verification verification;

  @Option(names = "--producers", paramLabel = "N", description = "Threads that send (1).")
  private int producers = 1;

  @Option(names = "--consumers", paramLabel = "N", description = "Threads that receive (1).")
  private int consumers = 1;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Most messages in one send and one poll (256).")
  private int batch = 256;

  @Option(
      names = "--max-messages",
      paramLabel = "N",
      description = "Messages that the queue holds at most (65536).")
  private long maxMessages = 65_536;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description = "Parts of the queue that work side by side, a power of two to 16 (1).")
  private int lanes = 1;

  @Option(
      names = "--strict-order",
      description = "Keep the order of a lane over redeliveries, too: one batch of it is out.")
  private boolean strictOrder;

  @Option(
      names = "--messages",
      paramLabel = "N",
      description = "Measure the throughput over so many messages instead of a time.")
  private Long messages;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "Of each measurement, round trips half of it (1400ms). Ends in ms, s, m or h; a number"
              + " alone is seconds. With --messages: whichever ends first.")
  private Duration duration;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Before each measurement, four times before a track's first (600ms).")
  private Duration warmup;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Messages a second while the latency is measured (10000).")
  private double rate = 10_000;

  @Option(
      names = "--quick",
      description =
          "Short measurements: all is done in about 15 s. Of a suite that has thousands of queues,"
              + " a hundredth of them.")
  private boolean quick;

  @Option(
      names = "--redis",
      paramLabel = "URI",
      description = "A Redis for Track A, such as redis://host:6379; else one is started.")
  private String redis;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the messages' bytes (drawn anew, and told).")
  private Long seed;

  @Mixin private SuiteOptions suite;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "The result (bench.json, or suite.json).")
  private Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "The result (bench.html).")
  private Path html = Path.of("bench.html");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (redis != null && track == TrackChoice.B) {
      throw new ParameterException(
          spec.commandLine(), "--redis: is for Track A alone; leave it out, or --track b");
    }
    suite.check(settings.keySet());
    if (json == null) {
      json = Path.of(suite.name() != null ? "suite.json" : "bench.json");
    }
    return suite.name() != null ? suite() : bench();
  }

  private int suite() throws IOException, InterruptedException {
    SuitePlan plan =
        suite.plan(track.names, settings(), measured(), warmedUp(), quick, drawnSeed(), PATIENCE);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    var runner = new SuiteRunner(suite.name(), suite.choice(verification), plan, json, out, err);
    OutputFile.require("--json", json);
    tellSeed(plan.seed());
    return runner.run(device, redis);
  }

  private int bench() throws IOException, InterruptedException {
    BenchPlan plan = plan();
    OutputFile.require("--json", json);
    OutputFile.require("--html", html);
    OutputFile.requireApart("--json", json, "--html", html);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    tellSeed(plan.seed());
    BenchOutcome outcome;
    int largest = payloads.stream().mapToInt(Integer::intValue).max().orElse(0);
    try (var opener = new TrackOpener(device, settings(), redis, largest, maxMessages);
        ProgressDisplay display = ProgressDisplay.on(err)) {
      outcome = new Bench(plan, opener::open, display).run();
    }
    if (!outcome.results().isEmpty()) {
      BenchReport report = BenchReport.of(Environment.current(), plan, outcome);
      out.print(TextReport.of(report, Terminal.columns()));
      out.flush();
      Files.writeString(json, report.toJson());
      Files.writeString(html, HtmlReport.of(report));
      out.println("Written: " + json + ", " + html);
      out.flush();
    }
    return complain(outcome, err) ? GpuMq.FAILED : GpuMq.OK;
  }

  private Duration measured() {
    return duration != null ? duration : quick ? QUICK_DURATION : DURATION;
  }

  private Duration warmedUp() {
    return warmup != null ? warmup : quick ? QUICK_WARMUP : WARMUP;
  }

  /** Those of Track B. */
  private Map<String, String> settings() {
    if (track == TrackChoice.A && !settings.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--set: is for Track B alone");
    }
    var all = new HashMap<>(settings);
    if (isolation != null && all.put(SuiteOptions.ISOLATION, isolation) != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--set " + SuiteOptions.ISOLATION + ": is told by --isolation, too; leave one out");
    }
    return all;
  }

  private long drawnSeed() {
    return seed != null ? seed : new SecureRandom().nextLong();
  }

  private void tellSeed(long told) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("seed " + told);
    err.flush();
  }

  private BenchPlan plan() {
    Duration measured = measured();
    return new BenchPlan(
        track.names,
        payloads.stream().distinct().toList(),
        producers,
        consumers,
        batch,
        handler,
        verification != null ? verification : Verification.FULL,
        messages != null ? messages : BenchPlan.UNLIMITED,
        messages != null && duration == null ? BenchPlan.LONGEST : measured,
        rate,
        measured,
        warmedUp(),
        maxMessages,
        lanes,
        strictOrder,
        drawnSeed(),
        PATIENCE);
  }

  private static boolean complain(BenchOutcome outcome, PrintWriter err) {
    boolean any = !outcome.failures().isEmpty();
    for (Failure failure : outcome.failures()) {
      err.printf("FAILED: track %s, %d B: ", failure.track(), failure.payloadBytes());
      failure.cause().printStackTrace(err);
    }
    for (BenchResult result : outcome.results()) {
      if (!result.total().clean()) {
        any = true;
        err.printf(
            "VERIFICATION FAILED: track %s, %d B: %s%n",
            result.track(), result.payloadBytes(), result.total().verdict());
        result.total().problems().forEach(problem -> err.println("  " + problem));
      }
    }
    err.flush();
    return any;
  }
}
