package io.gpumq.cli;

import io.gpumq.soak.bench.Progress;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.OptionalInt;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a bench is: a bar on a terminal, else one line a result. */
abstract class ProgressDisplay implements Progress, AutoCloseable {
  /** The display that suits where {@code err} leads. */
  static ProgressDisplay on(PrintWriter err) {
    OptionalInt columns = Terminal.progress();
    return columns.isPresent() ? new Bar(System.err, columns.getAsInt()) : new Lines(err);
  }

  @Override
  public void close() {}

  private static final class Bar extends ProgressDisplay {
    private static final int STEPS = 100;
    private static final int NARROWEST = 10;

    private final ProgressBar bar;

    /**
     * @param columns given, since a bar that looks for them loads a native library from a folder
     *     where others can write, and forks the process several times a second
     */
    Bar(PrintStream err, int columns) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("bench")
              .setInitialMax(STEPS)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .setConsumer(new ConsoleProgressBarConsumer(err, Math.max(NARROWEST, columns) - 1))
              .hideEta()
              .build();
    }

    @Override
    public void at(String stage, double fraction) {
      bar.setExtraMessage(stage);
      bar.stepTo((long) (fraction * STEPS));
    }

    @Override
    public void finished(String brief) {}

    @Override
    public void close() {
      bar.setExtraMessage("");
      bar.close();
    }
  }

  private static final class Lines extends ProgressDisplay {
    private final PrintWriter err;

    Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void at(String stage, double fraction) {}

    @Override
    public void finished(String brief) {
      err.println(brief);
      err.flush();
    }
  }
}
