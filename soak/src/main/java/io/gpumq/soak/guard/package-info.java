/**
 * Whether something else disturbs the machine while a bench runs: a fixed loop that is timed before
 * a row, and a thread that looks at the clock beside one.
 */
package io.gpumq.soak.guard;
