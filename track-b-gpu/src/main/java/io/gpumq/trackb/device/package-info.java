/** The devices that run a ring: a GPU through the CUDA driver, or threads of this process. */
package io.gpumq.trackb.device;
