package io.gpumq.trackb;

/** Large messages, without a GPU. */
class HostLargeMessagesTest extends LargeMessages {
  @Override
  String device() {
    return "host";
  }
}
