/**
 * Suites: fixed lists of workloads, each with what it aims at. The suite {@code limit} looks for
 * the limits of Track B on a GPU.
 */
package io.gpumq.soak.suite;
