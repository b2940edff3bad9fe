package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.rocks.FolderGauge;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.DiskGauge;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// A running node: one process with an address, and its store. Thread-safe.
public final class Node implements AutoCloseable {
  private final NodeAssembly assembly;
  private final Engine engine;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Node(NodeAssembly assembly) {
    this.assembly = assembly;
    this.engine = assembly.engine(EngineOptions.DEFAULT.deadline(), this::close);
    assembly.onFailure(() -> Thread.ofPlatform().name("flotilla-stop").start(this::close));
  }

  /// Starts a node and returns once it takes part in its fleet.
  ///
  /// @throws io.flotilla.engine.StoreOpenException if the folder cannot be opened
  /// @throws NodeStartException if anything else is in the way
  public static Node start(NodeConfig config) {
    return start(config, FolderGauge::new);
  }

  /// With gauges of one's own.
  static Node start(NodeConfig config, Function<Path, DiskGauge> gauges) {
    return new Node(NodeAssembly.start(config, gauges));
  }

  /// Where it really listens, `host:port`.
  public String address() {
    return assembly.address();
  }

  public StoreId storeId() {
    return assembly.store();
  }

  public String clusterId() {
    return assembly.cluster();
  }

  /// The whole fleet, through this node. Closing it closes the node.
  public Engine engine() {
    return engine;
  }

  /// Why the node stopped by itself; empty if it runs or was told to stop.
  public String failure() {
    return assembly.failure();
  }

  /// Returns when the node has stopped, by [#close()] or by a failure, or when the waiting thread
  /// is interrupted.
  public void awaitStop() {
    try {
      stopped.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// What [#close] gave up waiting for, for people; empty if everything has ended.
  public String hanging() {
    return assembly.hanging();
  }

  /// Stops cleanly: what is under way is answered, what is written is durable. Waits, but no longer
  /// than about ten seconds: when the disk hangs, the rest of the end goes on in the background,
  /// with the folder still locked, and what was not durable is never acknowledged. Idempotent.
  @Override
  public void close() {
    try {
      assembly.close();
    } finally {
      stopped.countDown();
    }
  }
}
