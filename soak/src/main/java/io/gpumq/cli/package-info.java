/** The command line: where tracks, bench and reports are put together. */
package io.gpumq.cli;
