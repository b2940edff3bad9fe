package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.engine.mvcc.KvReplyCodec;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequestCodec;
import io.flotilla.engine.route.StoreChannel;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Clock;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Carries requests to stores in other processes.
final class RemoteChannel implements StoreChannel {
  private final Addresses addresses;
  private final Requester requester;
  private final Clock clock;

  /// Where a store listens, null: not known.
  interface Addresses {
    @Nullable HostPort of(StoreId store);
  }

  /// Sends a request to an address; see [NodeNetwork#request].
  interface Requester {
    void request(
        HostPort address, byte service, byte[] body, long deadlineNanos, ResponseHandler handler);
  }

  RemoteChannel(Addresses addresses, Requester requester, Clock clock) {
    this.addresses = addresses;
    this.requester = requester;
    this.clock = clock;
  }

  @Override
  public void send(
      StoreId store, KvRequest request, long timeoutNanos, Consumer<Delivery> onDelivery) {
    HostPort address = addresses.of(store);
    if (address == null) {
      onDelivery.accept(new Delivery.NotSent("no address is known for store " + store));
      return;
    }
    requester.request(
        address,
        Services.KV,
        KvRequestCodec.encode(request),
        clock.nanos() + timeoutNanos,
        new Answer(onDelivery));
  }

  private record Answer(Consumer<Delivery> onDelivery) implements ResponseHandler {
    @Override
    public void onResponse(ByteBuffer body) {
      Delivery delivery;
      try {
        delivery = new Delivery.Replied(KvReplyCodec.decode(body));
      } catch (CodecException garbled) {
        delivery = new Delivery.Lost("the reply does not parse: " + garbled.getMessage());
      }
      onDelivery.accept(delivery);
    }

    @Override
    public void onFailure(RequestFailure failure) {
      onDelivery.accept(
          switch (failure) {
            case RequestFailure.NotSent(var reason) -> new Delivery.NotSent(reason);
            case RequestFailure.Busy(var reason) -> new Delivery.NotSent(reason);
            case RequestFailure.Refused(var reason) -> new Delivery.NotSent(reason);
            case RequestFailure.Unknown(var reason) -> new Delivery.Lost(reason);
            case RequestFailure.TimedOut(var sent, var reason) ->
                sent ? new Delivery.Lost(reason) : new Delivery.NotSent(reason);
          });
    }
  }
}
