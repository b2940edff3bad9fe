package io.flotilla.engine.route;

import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.keyspace.StoreId;
import java.util.function.Consumer;

/// Carries requests to stores and their replies back.
public interface StoreChannel {
  /// Sends a request. Calls back at most once, on any thread; a callback that comes after the
  /// caller's deadline, or never, does no harm. Never blocks.
  ///
  /// @param timeoutNanos after which nobody waits for the reply any more
  void send(StoreId store, KvRequest request, long timeoutNanos, Consumer<Delivery> onDelivery);

  /// What became of a request.
  sealed interface Delivery {
    record Replied(KvReply reply) implements Delivery {}

    /// The store has definitely not seen it.
    record NotSent(String reason) implements Delivery {}

    /// It was sent, or may have been, and no reply will come.
    record Lost(String reason) implements Delivery {}
  }
}
