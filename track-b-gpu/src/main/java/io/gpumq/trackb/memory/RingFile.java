package io.gpumq.trackb.memory;

import java.nio.ByteBuffer;

/** stand-in */
public interface RingFile {
  ByteBuffer control();

  ByteBuffer descriptors();

  ByteBuffer ingress();

  ByteBuffer completions();

  ByteBuffer window();

  ByteBuffer express();
}
