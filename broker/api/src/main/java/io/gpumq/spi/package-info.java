/** What a track or a device implements; found by {@link java.util.ServiceLoader}. */
package io.gpumq.spi;
