package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import java.util.HashMap;
import java.util.Map;

/**
 * A track that can be closed between rows, for one that needs the device for itself or has failed,
 * and is opened again when it is next asked for. For one thread.
 */
final class OpenedTrack implements AutoCloseable {
  private final Opener opener;
  private final Map<String, String> settings;
  private final String name;
  private final String device;
  private final String description;
  private Track track;

  /** Opens it, so that what cannot be had at all is refused at once. */
  OpenedTrack(Opener opener, String name, Map<String, String> settings) {
    this.opener = opener;
    this.settings = settings;
    this.track = opener.open(name, settings);
    this.name = track.name();
    this.device = track.device();
    this.description = track.describe();
  }

  Track get() {
    if (track == null) {
      track = opener.open(name, settings);
    }
    return track;
  }

  /** Closes it, and opens another that has these settings, too; the caller closes that. */
  Track insteadWith(Map<String, String> more) {
    close();
    var both = new HashMap<>(settings);
    both.putAll(more);
    return opener.open(name, both);
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
