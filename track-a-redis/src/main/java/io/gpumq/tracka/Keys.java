package io.gpumq.tracka;

/**
 * The keys of one queue in Redis. Their common tag keeps them on one node of a cluster.
 *
 * @param stream the messages; connections of the queue bear it as their name
 * @param owner whose the queue is, as {@link RedisOwner} writes it
 */
record Keys(byte[] stream, byte[] owner) {
  private static final String OWNER = ":owner";

  /** Matches the owner's key of every queue: the first that is made, and among the last to go. */
  static final String OWNERS = "gpumq:{*}" + OWNER;

  /**
   * @param id unique in Redis
   */
  static Keys of(String queue, String id) {
    return under("gpumq:{" + queue + ":" + id + "}");
  }

  /** Returns the keys of the queue with that owner's key. */
  static Keys ofOwner(String owner) {
    return under(owner.substring(0, owner.length() - OWNER.length()));
  }

  private static Keys under(String tag) {
    return new Keys(Args.bytes(tag + ":stream"), Args.bytes(tag + OWNER));
  }
}
