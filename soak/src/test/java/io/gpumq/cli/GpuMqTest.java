package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class GpuMqTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = GpuMq.commandLine();
    return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
  }

  @Test
  void helpNamesEveryOption() {
    assertEquals(GpuMq.OK, run("bench", "--help"));
    for (String option :
        ("track device isolation messages payload producers consumers batch handler rate duration"
                + " warmup json html quick redis max-messages seed suite backlog set verify rows repeat")
            .split(" ")) {
      assertTrue(out.toString().contains("--" + option), option + " in " + out);
    }
    assertTrue(out.toString().replaceAll("\\s+", " ").contains("alone is seconds"), out.toString());
  }

  @Test
  void helpListsEveryCommand() {
    assertEquals(GpuMq.OK, run("--help"));
    for (String command : "bench compare doctor dist help".split(" ")) {
      assertTrue(out.toString().contains("\n  " + command + " "), command + " in " + out);
    }
  }

  @Test
  void aDistributionIsMadeInACloneAlone() {
    assertEquals(GpuMq.USAGE, run("dist"));
    assertTrue(err.toString().contains("run ./gpumq dist in a clone"), err.toString());
  }

  @Test
  void versionNamesVersionAndCommit() {
    assertEquals(GpuMq.OK, run("--version"));
    assertTrue(out.toString().matches("(?s)gpumq [0-9.]+\\R" + "commit \\S+\\R.*"), out.toString());
  }

  @Test
  void nothingToDoIsAnError() {
    assertEquals(GpuMq.USAGE, run());
    assertTrue(err.toString().contains("gpumq --help"), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --payload=16          | payload 16: must be between 32 and 16777216
          --payload=64,x        | --payload
          --producers=0         | producers 0: must be between 1 and 64
          --consumers=-1        | consumers -1: must be between 1 and 64
          --batch=70000         | batch 70000: must be between 1 and 65536
          --max-messages=0          | max-messages 0: must be 1 or more
          --messages=0          | messages 0: must be
          --rate=0              | rate 0.0: must be
          --duration=fast       | 'fast': must be a number and ms, s, m or h
          --duration=0s         | duration PT0S: must be
          --warmup=-1s          | '-1s': must be a number and ms, s, m or h
          --track=c             | --track
          --json=/no/such/x     | --json /no/such/x: must be a file in a folder that exists
          --json=/proc/nope.json | --json /proc/nope.json: cannot be written
          --html=/proc/nope.html | --html /proc/nope.html: cannot be written
          --html=/              | --html /: must be a file in a folder that exists
          --json=/etc/passwd/x  | --json /etc/passwd/x: must be a file in a folder that exists
          --nonsense            | --nonsense
          --suite=all           | suite 'all': must be one of limit, queues, isolation
          --backlog=8G          | --backlog: goes with --suite alone
          --set=cuda.blocks     | --set
          --verify=half         | --verify
          --rows=echo           | --rows: goes with --suite alone
          --repeat=2            | --repeat: goes with --suite alone
          """)
  void aBadValueIsNamed(String option, String said) {
    assertEquals(GpuMq.USAGE, run("bench", option));
    assertTrue(err.toString().contains(said), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --payload=64     | --payload: a suite has its own
          --handler=echo   | --handler: a suite has its own
          --rows=fish      | rows 'fish': must be a row's name or a part of it: echo 256 B, 1 producer; echo
          --repeat=0       | repeat 0: must be between 1 and
          --producers=2    | --producers: a suite has its own
          --consumers=2    | --consumers: a suite has its own
          --batch=16       | --batch: a suite has its own
          --max-messages=1024  | --max-messages: a suite has its own
          --lanes=2        | --lanes: a suite has its own
          --strict-order   | --strict-order: a suite has its own
          --messages=9     | --messages: a suite has its own
          --rate=9         | --rate: a suite has its own
          --html=suite.htm | --html: a suite has its own
          --duration=0s    | duration PT0S: must be
          --backlog=1k     | backlog 1000: must be between 1000000 and
          --backlog=much   | 'much': must be a number of bytes
          --json=/no/such/x | --json /no/such/x: must be a file in a folder that exists
          --json=/proc/nope.json | --json /proc/nope.json: cannot be written
          """)
  void whatDoesNotGoWithASuiteIsNamed(String option, String said) {
    assertEquals(GpuMq.USAGE, run("bench", "--suite=limit", option));
    assertTrue(err.toString().contains(said), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --verify=full                 | --verify: a suite has its own
          --isolation=process           | --isolation: a suite has its own
          --backlog=8G                  | --backlog: a suite has its own
          --redis=redis://127.0.0.1:1   | --redis: a suite has its own
          --set=isolation=none          | --set isolation: the suite sets it itself
          --set=isolation.standby=false | --set isolation.standby: the suite sets it itself
          --set=cuda.cores=9            | settings [cuda.cores]: track b knows
          --track=a                     | track a: these rows of suite isolation are for track b alone
          """)
  void whatDoesNotGoWithTheSuiteIsolationIsNamed(String option, String said) {
    assertEquals(GpuMq.USAGE, run("bench", "--suite=isolation", "--device=host", option));
    assertTrue(err.toString().contains(said), err.toString());
  }

  @Test
  void aTrialLeavesFilesAsTheyAre(@TempDir Path folder) throws IOException {
    Path kept = Files.writeString(folder.resolve("kept"), "of last time");
    OutputFile.require("--json", kept);
    assertEquals("of last time", Files.readString(kept));
    OutputFile.require("--json", folder.resolve("new"));
    assertFalse(Files.exists(folder.resolve("new")));
    OutputFile.require("--json", Path.of("/dev/null"));
  }

  @Test
  void aSettingIsForTrackBAndToldOnce() {
    assertEquals(GpuMq.USAGE, run("bench", "--track=a", "--set=cuda.blocks=16"));
    assertTrue(err.toString().contains("--set: is for Track B alone"), err.toString());
    assertEquals(GpuMq.USAGE, run("bench", "--isolation=none", "--set=isolation=process"));
    assertTrue(err.toString().contains("is told by --isolation, too"), err.toString());
  }

  @Test
  void aRedisIsForTrackA() {
    for (String suite : List.of("--quick", "--suite=limit")) {
      assertEquals(GpuMq.USAGE, run("bench", suite, "--track=b", "--redis=redis://127.0.0.1:1"));
      assertTrue(err.toString().contains("--redis: is for Track A alone"), err.toString());
    }
  }

  @Test
  void twoResultsInOneFileAreRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("result");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    for (Path same : List.of(file, folder.resolve("./result"), link.resolve("result"))) {
      assertEquals(GpuMq.USAGE, run("bench", "--json=" + file, "--html=" + same));
      assertTrue(err.toString().contains(same + ": are the same file"), err.toString());
    }
    Files.createFile(file);
    Path toFile = Files.createSymbolicLink(folder.resolve("to-file"), file);
    assertEquals(GpuMq.USAGE, run("bench", "--json=" + file, "--html=" + toFile));
    assertTrue(err.toString().contains(toFile + ": are the same file"), err.toString());
    OutputFile.requireApart("--json", Path.of("/dev/null"), "--html", Path.of("/dev/null"));
    OutputFile.requireApart("--json", file, "--html", folder.resolve("apart"));
  }

  /** As root, too, to whom every folder says that it is writable. */
  @Test
  void whereNoFileCanBeWrittenNothingIsMeasured() throws Exception {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            absoluteClassPath(),
            GpuMq.class.getName(),
            "bench",
            "--device=host");
    for (String[] at : new String[][] {{"/proc", "bench.json"}, {"/", "proc/nope.json"}}) {
      var builder = new ProcessBuilder(new ArrayList<>(command)).directory(new File(at[0]));
      if (!at[0].equals("/proc")) {
        builder.command().add("--json=" + at[1]);
      }
      Scripts.Said said = Scripts.run(builder);
      assertEquals(GpuMq.USAGE, said.status(), said.output());
      String refused = "gpumq: --json " + at[1] + ": cannot be written";
      assertTrue(said.output().startsWith(refused), said.output());
    }
  }

  private static String absoluteClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  @ParameterizedTest
  @CsvSource({"60G, 60000000000", "1.5M, 1500000", "800k, 800000", "1000000, 1000000"})
  void sizesHaveUnits(String text, long bytes) {
    assertEquals(bytes, new Sizes().convert(text));
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "2s, 2000", "2, 2000", "1.5m, 90000", "0.25h, 900000", "0s, 0"})
  void durationsHaveUnits(String text, long millis) {
    assertEquals(millis, new Durations().convert(text).toMillis());
  }
}
