package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import java.util.function.Supplier;

/**
 * A track that can be closed between rows, for one that needs the device for itself or has failed,
 * and is opened again when it is next asked for. For one thread.
 */
final class OpenedTrack implements AutoCloseable {
  private final Supplier<Track> opener;
  private final String name;
  private final String device;
  private final String description;
  private Track track;

  /** Opens it, so that what cannot be had at all is refused at once. */
  OpenedTrack(Supplier<Track> opener) {
    this.opener = opener;
    this.track = opener.get();
    this.name = track.name();
    this.device = track.device();
    this.description = track.describe();
  }

  Track get() {
    if (track == null) {
      track = opener.get();
    }
    return track;
  }

  String name() {
    return name;
  }

  String device() {
    return device;
  }

  String description() {
    return description;
  }

  @Override
  public void close() {
    Track last = track;
    track = null;
    if (last != null) {
      last.close();
    }
  }
}
