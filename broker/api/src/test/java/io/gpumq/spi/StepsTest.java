package io.gpumq.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import org.junit.jupiter.api.Test;

class StepsTest {
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable e) throws E {
    throw (E) e;
  }

  @Test
  void everyStepRunsAndTheFirstFailureIsThrown() {
    IllegalStateException first = new IllegalStateException("first");
    Error second = new Error("second");
    Steps steps =
        new Steps()
            .run(() -> StepsTest.<Error>sneak(first))
            .run(() -> StepsTest.<Error>sneak(second));
    assertSame(first, assertThrows(IllegalStateException.class, steps::finish));
    assertEquals(second, first.getSuppressed()[0]);
  }

  @Test
  void aCheckedExceptionIsNotLost() {
    IOException hidden = new IOException("thrown round the compiler");
    Steps steps = new Steps().run(() -> StepsTest.<Error>sneak(hidden));
    assertSame(hidden, assertThrows(UndeclaredThrowableException.class, steps::finish).getCause());
  }
}
