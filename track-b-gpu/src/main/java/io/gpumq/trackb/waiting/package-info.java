/** How threads wait for what another process or a device does, which cannot wake them. */
package io.gpumq.trackb.waiting;
