/**
 * The API's executable definition: one lock, plain lists, no speed. What a track does differently
 * from this one, and a user can see, is wrong in one of the two.
 */
package io.gpumq.reference;
