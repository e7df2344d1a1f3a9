/** Track B, the product: queues whose messages live in VRAM. */
package io.gpumq.trackb;
