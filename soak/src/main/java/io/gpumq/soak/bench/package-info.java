/**
 * Carries one {@link io.gpumq.soak.workload workload} through one track after another, in three
 * ways: as fast as it goes, at a fixed rate, and one message at a time.
 */
package io.gpumq.soak.bench;
