package io.gpumq.soak.workload;

import io.gpumq.api.Producer;
import java.nio.ByteBuffer;

/**
 * Writes messages of streams, of one after another. A stream is one writer's alone. Allocates
 * nothing; for one thread at a time.
 */
public final class StreamWriter implements Producer.PayloadWriter {
  private final StreamForm form;
  private final StreamForm.Body body;
  private final long[] sent;
  private int stream;

  StreamWriter(StreamForm form, int streams) {
    this.form = form;
    this.body = form.newBody();
    this.sent = new long[streams];
  }

  /** Writes messages of that stream from now on. */
  public StreamWriter of(int number) {
    stream = number;
    return this;
  }

  /** Says that {@code count} more messages of the stream were accepted. */
  public void advance(int count) {
    sent[stream] += count;
  }

  /** How many messages of that stream were accepted. */
  long sent(int number) {
    return sent[number];
  }

  @Override
  public void write(int index, ByteBuffer slot) {
    long sequence = sent[stream] + index;
    long mark = form.mark(stream, sequence);
    int bytes = form.bytes(mark);
    StreamForm.header(slot, sequence, mark);
    body.write(slot, mark, bytes);
    slot.position(bytes);
  }
}
