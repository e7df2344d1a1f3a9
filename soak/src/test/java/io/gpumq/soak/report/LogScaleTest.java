package io.gpumq.soak.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LogScaleTest {
  @Test
  void decadesAreEquallyFarApart() {
    var scale = new LogScale(List.of(3.0, 2500.0), 0, 400);
    assertEquals(List.of(1.0, 10.0, 100.0, 1000.0, 10000.0), scale.decades());
    assertEquals(400, scale.y(1), 1e-9);
    assertEquals(300, scale.y(10), 1e-9);
    assertEquals(0, scale.y(10_000), 1e-9);
  }

  @Test
  void nothingMeasuredStaysAtTheBottom() {
    var scale = new LogScale(List.of(0.0, 50.0), 0, 100);
    assertEquals(100, scale.y(0), 1e-9);
    assertEquals(List.of(10.0, 100.0), scale.decades());
  }
}
