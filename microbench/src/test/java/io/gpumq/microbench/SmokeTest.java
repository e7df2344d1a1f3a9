package io.gpumq.microbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, with each of its parameters; how fast is not looked at. */
class SmokeTest {
  private static final Set<String> BENCHMARKS =
      Set.of(
          "GroupBenchmark.takeAcknowledge",
          "PendingBenchmark.takeAcknowledge",
          "PendingBenchmark.takeAgain",
          "TurnBenchmark.turn");

  @Test
  void everyBenchmarkRuns() throws RunnerException {
    var options =
        new OptionsBuilder()
            .mode(Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementBatchSize(50) // the rings wrap, and the window's limit moves on
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    var ran = new TreeSet<String>();
    for (RunResult result : new Runner(options).run()) {
      String name = result.getParams().getBenchmark();
      ran.add(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1));
      assertTrue(result.getPrimaryResult().getScore() > 0, name);
    }
    assertEquals(new TreeSet<>(BENCHMARKS), ran);
  }
}
