package io.gpumq.soak.workload;

/**
 * A megabyte of messages with no queue around it: one thread writes them as a producer does, or
 * checks them as a consumer does. What it costs that thread is what the same messages cost it at
 * the ends of a queue. Allocates nothing once it is made. For one thread.
 */
public interface Block {
  /** Most bytes of its messages. */
  int BYTES = 1 << 20;

  /** How many messages it holds. */
  int messages();

  /** Fills it with the next messages, in place of the last. */
  void write();

  /** Does the handler's work on each message. */
  void handle();

  /** Checks each message and its result; these were written and handled just now. */
  void check();

  /** What became of all messages: those that were written and never checked are lost. */
  Tally settle();
}
