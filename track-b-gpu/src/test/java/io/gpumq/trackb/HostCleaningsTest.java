package io.gpumq.trackb;

class HostCleaningsTest extends Cleanings {
  HostCleaningsTest() {
    super("host");
  }
}
