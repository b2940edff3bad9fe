package io.flotilla.transport.frame;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// Who this end of its connections is, and of which cluster the others must be. Thread-safe.
public interface Self {
  Identity identity();

  /// True if whoever answered, with this identity, is of the right cluster.
  default boolean takes(Identity other) {
    String cluster = identity().cluster();
    return cluster.isEmpty() || cluster.equals(other.cluster());
  }

  /// A node, whose identity comes with its start.
  static Self node(Supplier<Identity> identity) {
    return identity::get;
  }

  /// A client. One that takes any cluster belongs to that of the first node that answers: were an
  /// address given to a node of another cluster later, what is meant for the first must not end
  /// there.
  static Self client(Identity first) {
    AtomicReference<Identity> identity = new AtomicReference<>(first);
    return new Self() {
      @Override
      public Identity identity() {
        return identity.get();
      }

      @Override
      public boolean takes(Identity other) {
        identity.compareAndSet(Identity.ANYBODY, new Identity(other.cluster(), 0));
        return Self.super.takes(other);
      }
    };
  }
}
