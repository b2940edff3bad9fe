package io.flotilla.engine.route;

import io.flotilla.engine.mvcc.KvCall;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.RangeRequest;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Gives requests to the store in this process straight to it, and all others to another channel.
public final class LocalFirstChannel implements StoreChannel {
  private final StoreId self;
  private final BiConsumer<RangeId, RangeRequest> store;
  private final StoreChannel others;
  private final Clock clock;

  /// @param store takes a request from any thread and sees to it that it gets its answer on the
  ///   loop of its range
  public LocalFirstChannel(
      StoreId self, BiConsumer<RangeId, RangeRequest> store, StoreChannel others, Clock clock) {
    this.self = self;
    this.store = store;
    this.others = others;
    this.clock = clock;
  }

  @Override
  public void send(
      StoreId to, KvRequest request, long timeoutNanos, Consumer<Delivery> onDelivery) {
    if (!to.equals(self)) {
      others.send(to, request, timeoutNanos, onDelivery);
      return;
    }
    long until = clock.nanos() + timeoutNanos;
    KvCall call =
        new KvCall(
            request,
            reply -> onDelivery.accept(new Delivery.Replied(reply)),
            () -> clock.nanos() - until >= 0);
    try {
      store.accept(request.target().range(), call);
    } catch (EventLoop.RejectedByLoopException e) {
      onDelivery.accept(new Delivery.NotSent("the store in this process is stopping"));
    }
  }
}
