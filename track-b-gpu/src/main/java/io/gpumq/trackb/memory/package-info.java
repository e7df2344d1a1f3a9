/**
 * Memory that processes share: files that are removed with their maker, and with what a dead maker
 * left. It knows nothing of what lies in them.
 */
package io.gpumq.trackb.memory;
