/** A bench's results as JSON, as one HTML page, and as tables for a terminal. */
package io.gpumq.soak.report;
