package io.gpumq.conformance;

import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Reader;
import io.gpumq.api.Trim;
import io.gpumq.api.Waiting;
import java.time.Duration;
import java.util.List;

/** A queue that passes every call on to another; tests change some of them. */
public class ForwardingQueue implements MessageQueue {
  private final MessageQueue queue;

  /** Passes calls on to {@code queue}. */
  public ForwardingQueue(MessageQueue queue) {
    this.queue = queue;
  }

  @Override
  public String name() {
    return queue.name();
  }

  @Override
  public QueueConfig config() {
    return queue.config();
  }

  @Override
  public Producer producer() {
    return queue.producer();
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    queue.createGroup(group, start);
  }

  @Override
  public boolean removeGroup(String group) {
    return queue.removeGroup(group);
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    queue.moveGroup(group, to);
  }

  @Override
  public void moveGroup(String group, long sequence) {
    queue.moveGroup(group, sequence);
  }

  @Override
  public int delete(long... sequences) {
    return queue.delete(sequences);
  }

  @Override
  public long trim(Trim to) {
    return queue.trim(to);
  }

  @Override
  public Reader reader() {
    return queue.reader();
  }

  @Override
  public List<GroupStats> groups() {
    return queue.groups();
  }

  @Override
  public Consumer consumer(String group, String name) {
    return queue.consumer(group, name);
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    return queue.closeConsumer(group, name);
  }

  @Override
  public Waiting whenReady(String group, int max, Duration limit, Waiting.Listener listener) {
    return queue.whenReady(group, max, limit, listener);
  }

  @Override
  public MessageQueue deadLetters() {
    return queue.deadLetters();
  }

  @Override
  public QueueStats stats() {
    return queue.stats();
  }

  @Override
  public CloseReport close(Duration drain) {
    return queue.close(drain);
  }
}
