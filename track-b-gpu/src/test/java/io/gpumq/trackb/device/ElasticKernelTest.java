package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.LinkLayout;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a kernel changes its size, by a model of a ring: time and work go as the test says. */
class ElasticKernelTest {
  private static final long IDLE_NANOS = 2 * ElasticKernel.LOOK_NANOS;
  private static final int LOOKS = 50;

  private final RingShape shape = RingShape.of(64, HandlerSpec.parse("echo"), 1, 0, 1);
  private final RingFile file = RingFile.create("elastic", shape);
  private final Control control = new Control(file.control());

  /** Of each launch, whether it was small. */
  private final List<Boolean> launches = new ArrayList<>();

  private long head;
  private long completed;
  private long now = System.nanoTime();

  @AfterEach
  void close() {
    file.close();
  }

  /** Ends as soon as it is asked to. */
  private RingKernel launch(Resume resume, boolean small) {
    launches.add(small);
    return new RingKernel() {
      @Override
      public String failure() {
        return null;
      }

      @Override
      public boolean diedWithAll() {
        return false;
      }

      @Override
      public boolean hasEnded() {
        return control.stopRequested();
      }

      @Override
      public void requestStop() {
        control.requestStop();
      }

      @Override
      public void stop() {
        requestStop();
      }
    };
  }

  private ElasticKernel small() {
    var kernel =
        new ElasticKernel(
            new Control(file.control()),
            new CompletedSequences(file.completions(), shape.slots()),
            Resume.fresh(0),
            IDLE_NANOS,
            this::launch,
            ended -> {});
    for (int i = 0; i < LOOKS; i++) {
      step(kernel, 0, 0);
    }
    assertEquals(List.of(false, true), launches);
    return kernel;
  }

  private void step(ElasticKernel kernel, int sent, int done) {
    publish(sent);
    complete(done);
    now += ElasticKernel.LOOK_NANOS;
    kernel.look(now);
  }

  private void publish(int count) {
    head += count;
    control.releaseHead(head);
  }

  private void complete(int count) {
    for (int i = 0; i < count; i++, completed++) {
      Words.setRelease(
          file.completions(),
          (int) (completed & shape.slots() - 1) * Long.BYTES,
          CompletionWord.of(completed, LinkLayout.STATUS_OK, false, 1, 0));
    }
  }

  /** Producers fill the ring, and from then on send no faster than the kernel works. */
  @Test
  void aSmallKernelGrowsThatHoldsItsProducersUp() {
    ElasticKernel kernel = small();
    publish(100);
    for (int i = 0; i < LOOKS; i++) {
      step(kernel, 10, 10);
    }
    assertEquals(List.of(false, true, false), launches);
  }

  /** Nor does it become small as long as messages wait, however few are new. */
  @Test
  void aLargeKernelStaysWhileMessagesWait() {
    var kernel =
        new ElasticKernel(
            new Control(file.control()),
            new CompletedSequences(file.completions(), shape.slots()),
            Resume.fresh(0),
            IDLE_NANOS,
            this::launch,
            ended -> {});
    publish(100);
    for (int i = 0; i < LOOKS; i++) {
      step(kernel, 10, 10);
    }
    complete(100);
    step(kernel, 0, 0);
    assertEquals(List.of(false), launches);
  }

  @Test
  void aBurstThatIsSoonDoneIsNoLoad() {
    ElasticKernel kernel = small();
    for (int burst = 0; burst < LOOKS; burst++) {
      step(kernel, 100, 0);
      for (int i = 1; i < ElasticKernel.WAITING_LOOKS; i++) {
        step(kernel, 0, 0);
      }
      step(kernel, 0, 100);
    }
    assertEquals(List.of(false, true), launches);
  }

  @Test
  void fewMessagesWithALongHandlerAreNoLoad() {
    ElasticKernel kernel = small();
    publish(ElasticKernel.AT_ONCE);
    for (int i = 0; i < LOOKS; i++) {
      step(kernel, 0, 0);
    }
    assertEquals(List.of(false, true), launches);
  }

  /** A device process asks more often than the watcher of an owner. */
  @Test
  void howOftenItIsAskedMakesNoDifference() {
    ElasticKernel kernel = small();
    int asked = 50;
    for (int i = 0; i < 2 * asked; i++) {
      publish(10);
      complete(10);
      now += ElasticKernel.LOOK_NANOS / asked;
      kernel.look(now);
    }
    assertEquals(List.of(false, true, false), launches);
  }

  @Test
  void anErrorWhileItChangesIsItsFailure() {
    var kernel =
        new ElasticKernel(
            new Control(file.control()),
            new CompletedSequences(file.completions(), shape.slots()),
            Resume.fresh(0),
            0,
            (resume, small) -> {
              if (small) {
                throw new LinkageError("no room"); // JUnit ends with one of memory
              }
              return launch(resume, false);
            },
            ended -> {});
    Await.until("a failure", () -> kernel.failure() != null);
    assertTrue(kernel.failure().contains("no room"), kernel::failure);
  }
}
