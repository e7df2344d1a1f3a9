package io.gpumq.spi;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;

/** Opens one kind of track. Stateless. */
public interface TrackProvider {
  /** Returns the name that users ask for, such as {@code b}. */
  String name();

  /** Opens the track. It throws as {@link io.gpumq.api.Tracks#open} does. */
  Track open(TrackOptions options);
}
