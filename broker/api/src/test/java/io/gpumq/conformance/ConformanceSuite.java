package io.gpumq.conformance;

import org.junit.jupiter.api.Nested;

/** Everything that the API promises. A track extends this once for each of its devices. */
public abstract class ConformanceSuite extends TrackFixture {
  @Nested
  class Sending extends SendingConformance {
    Sending() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Batches extends BatchConformance {
    Batches() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class MultiPolls extends MultiPollConformance {
    MultiPolls() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class LargePayloads extends LargeConformance {
    LargePayloads() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Delivery extends DeliveryConformance {
    Delivery() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Redelivery extends RedeliveryConformance {
    Redelivery() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class StrictOrder extends StrictOrderConformance {
    StrictOrder() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class DeadLetters extends DeadLetterConformance {
    DeadLetters() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Handlers extends HandlerConformance {
    Handlers() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Capacity extends CapacityConformance {
    Capacity() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Lifecycle extends LifecycleConformance {
    Lifecycle() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class RudeWriters extends RudeWriterConformance {
    RudeWriters() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Waits extends WaitConformance {
    Waits() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class WhenReady extends WhenReadyConformance {
    WhenReady() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class OldBatches extends OldBatchConformance {
    OldBatches() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class GroupAdmin extends GroupAdminConformance {
    GroupAdmin() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Letters extends LetterConformance {
    Letters() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Replays extends ReplayConformance {
    Replays() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Deletions extends DeletionConformance {
    Deletions() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Retentions extends RetentionConformance {
    Retentions() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Readers extends ReaderConformance {
    Readers() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Positions extends PositionConformance {
    Positions() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class LateReaders extends LateReaderConformance {
    LateReaders() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class Forgotten extends ForgottenConformance {
    Forgotten() {
      super(ConformanceSuite.this);
    }
  }

  @Nested
  class ClosingBeside extends CloseBesideConformance {
    ClosingBeside() {
      super(ConformanceSuite.this);
    }
  }
}
