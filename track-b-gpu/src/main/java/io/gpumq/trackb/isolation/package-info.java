/**
 * The device in a process of its own: a kernel that dies takes that process with it, and neither
 * the messages nor the broker. The owner keeps the memory, starts device processes, notices their
 * deaths and brings the rings in order.
 */
package io.gpumq.trackb.isolation;
