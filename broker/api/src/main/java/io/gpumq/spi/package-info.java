/**
 * Holds what a track or a device implements, to be found by {@link java.util.ServiceLoader}, and
 * what tracks share so that they behave alike.
 */
package io.gpumq.spi;
