package io.gpumq.spi;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;

/** Opens one kind of track. Stateless. */
public interface TrackProvider {
  /** The name that users ask for. */
  String name();

  /** Opens the track; errors as {@link io.gpumq.api.Tracks#open}. */
  Track open(TrackOptions options);
}
