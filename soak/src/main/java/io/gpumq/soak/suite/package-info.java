/**
 * Suites: fixed lists of workloads, each with what it aims at. The suite {@code limit} looks for
 * the limits of Track B on a GPU, {@code queues} for those of many queues, {@code isolation} for
 * what device processes cost and save.
 */
package io.gpumq.soak.suite;
