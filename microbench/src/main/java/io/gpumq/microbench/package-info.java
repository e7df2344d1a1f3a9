/**
 * What the benchmarks have in common. They themselves lie in the packages that they look into,
 * since the steps of a message are no API.
 */
package io.gpumq.microbench;
