/**
 * The log of a lane: its entries in their order, from their claim to their release. It joins a
 * ring, which carries them, to the store, which keeps them, and knows nothing of who reads them.
 */
package io.gpumq.trackb.log;
