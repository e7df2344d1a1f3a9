/**
 * What every track promises, as tests. A track runs them all with one class each:
 *
 * <pre>{@code
 * class HostConformanceTest extends ConformanceSuite {
 *   @Override
 *   protected Track openTrack() {
 *     return Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
 *   }
 * }
 *
 * class HostModelTest extends ModelTest {
 *   @Override
 *   protected Track openTrack() {
 *     return Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
 *   }
 * }
 * }</pre>
 *
 * <p>A failure names its seed; {@code -Dgpumq.seed=SEED} runs the same data again.
 */
package io.gpumq.conformance;
