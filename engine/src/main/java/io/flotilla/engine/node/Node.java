package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.keyspace.StoreId;

/// A running node.
public final class Node implements AutoCloseable {
  private final Engine engine;
  private final String address;
  private final StoreId storeId;
  private final String clusterId;

  private Node(Engine engine, String address, StoreId storeId, String clusterId) {
    this.engine = engine;
    this.address = address;
    this.storeId = storeId;
    this.clusterId = clusterId;
  }

  /// Starts a node and returns once it serves.
  ///
  /// @throws io.flotilla.engine.StoreOpenException if the folder cannot be opened
  /// @throws NodeStartException if anything else is in the way
  public static Node start(NodeConfig config) {
    Engine engine = Engine.open(config.data());
    return new Node(engine, config.listen(), new StoreId(1), "");
  }

  /// Where it really listens, `host:port`.
  public String address() {
    return address;
  }

  public StoreId storeId() {
    return storeId;
  }

  public String clusterId() {
    return clusterId;
  }

  public Engine engine() {
    return engine;
  }

  /// Returns when the node has stopped, by [#close()] or by a failure.
  public void awaitStop() {
    throw new IllegalStateException("being written");
  }

  @Override
  public void close() {
    engine.close();
  }
}
