/**
 * The handlers: how users name them, what they are to the kernels, and their twins on the
 * processor.
 */
package io.gpumq.kernels;
