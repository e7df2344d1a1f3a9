package io.gpumq.tracka;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Reader;
import io.gpumq.api.Trim;
import io.gpumq.spi.TrackQueue;

/** A queue that knows its messages by its groups alone: it refuses what names them otherwise. */
abstract class ByGroupsAlone implements TrackQueue {
  abstract Health health();

  @Override
  public int delete(long... sequences) {
    throw refusal("delete");
  }

  @Override
  public long trim(Trim to) {
    throw refusal("trim");
  }

  @Override
  public Reader reader() {
    throw refusal("reader");
  }

  private ConfigException refusal(String call) {
    health().requireOpen();
    return new ConfigException(
        call + ": track a knows messages by their groups alone; use track b for that");
  }
}
