package io.gpumq.tracka;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A connection that ends once and for all. Jedis itself would connect anew with the next command,
 * in the middle of a pipeline: Redis would execute the rest of a transaction without its beginning.
 */
final class OneConnection extends Connection {
  // Without an initial value, since that would be set after the constructor above has connected.
  private boolean wasConnected;

  OneConnection(HostAndPort address, JedisClientConfig config) {
    super(address, config);
  }

  @Override
  public void connect() {
    if (wasConnected && !isConnected()) {
      throw new JedisConnectionException("the connection was closed");
    }
    super.connect();
    wasConnected = true;
  }
}
