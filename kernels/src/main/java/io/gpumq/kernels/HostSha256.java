package io.gpumq.kernels;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

final class HostSha256 implements HostHandler {
  private final MessageDigest sha256;
  private final byte[] digest;

  HostSha256() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    digest = new byte[sha256.getDigestLength()];
  }

  @Override
  public int handle(ByteBuffer payload, ByteBuffer result, int attempt) {
    sha256.update(payload);
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a digest fits its own length", e);
    }
    result.put(digest);
    return OK;
  }
}
