/** What a device is to the rest of the track: devices and isolation implement it, rings use it. */
package io.gpumq.trackb.spi;
