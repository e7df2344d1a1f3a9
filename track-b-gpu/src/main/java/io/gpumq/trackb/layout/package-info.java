/**
 * The words of shared memory: what their bits mean, and in which order they are read and written.
 */
package io.gpumq.trackb.layout;
