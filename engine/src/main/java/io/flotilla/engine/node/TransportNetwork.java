package io.flotilla.engine.node;

import io.flotilla.spi.PeerNetwork;
import io.flotilla.transport.Transport;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.request.RequestService;
import io.flotilla.transport.request.ResponseHandler;
import org.jspecify.annotations.Nullable;

/// A node's network as it really is. Thread-safe.
final class TransportNetwork implements NodeNetwork {
  private final Transport transport;
  private final @Nullable HostPort advertised;

  /// @param advertised what others are told to call; null: where the transport listens
  TransportNetwork(Transport transport, @Nullable HostPort advertised) {
    this.transport = transport;
    this.advertised = advertised;
  }

  @Override
  public HostPort address() {
    return advertised == null ? transport.address() : advertised;
  }

  @Override
  public PeerNetwork peers() {
    return transport.peers();
  }

  @Override
  public void request(
      HostPort address, byte service, byte[] body, long deadlineNanos, ResponseHandler handler) {
    transport.client().request(address, service, body, deadlineNanos, handler);
  }

  @Override
  public void start(Identity self, PeerNetwork.Receiver receiver, RequestService service) {
    transport.start(self, receiver, service);
  }
}
