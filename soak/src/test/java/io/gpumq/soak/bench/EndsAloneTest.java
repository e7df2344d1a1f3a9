package io.gpumq.soak.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.soak.workload.MessageBlock;
import io.gpumq.soak.workload.Verification;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EndsAloneTest {
  @ParameterizedTest
  @EnumSource(Verification.class)
  void bothEndsHaveARateWithEveryVerification(Verification verification)
      throws InterruptedException {
    var plan =
        new BenchPlan(
            List.of("b"),
            List.of(256),
            2,
            2,
            64,
            "crc32c",
            verification,
            BenchPlan.UNLIMITED,
            BenchPlan.LONGEST,
            1,
            Duration.ofMillis(20),
            Duration.ofMillis(10),
            1024,
            1,
            false,
            7,
            Duration.ofSeconds(10));
    EndsAlone alone =
        EndsAlone.measure(
            plan,
            () -> new MessageBlock(verification.bodies(3, 256), plan.handler(), plan.batch()),
            plan.warmup(),
            plan.duration());
    assertTrue(alone.writtenPerSecond() > 0, alone::toString);
    assertTrue(alone.verifiedPerSecond() > 0, alone::toString);
  }
}
