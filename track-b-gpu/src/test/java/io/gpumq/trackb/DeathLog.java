package io.gpumq.trackb;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What is told of device processes that died, while it is open. */
final class DeathLog extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("io.gpumq.trackb.isolation.Supervisor");
  private final List<String> deaths = new CopyOnWriteArrayList<>();

  DeathLog() {
    logger.addHandler(this);
  }

  /** So far. */
  List<String> deaths() {
    return List.copyOf(deaths);
  }

  @Override
  public void publish(LogRecord told) {
    deaths.add(new SimpleFormatter().formatMessage(told));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
