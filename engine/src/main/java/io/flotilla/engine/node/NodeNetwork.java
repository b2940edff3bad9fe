package io.flotilla.engine.node;

import io.flotilla.spi.PeerNetwork;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.request.RequestService;
import io.flotilla.transport.request.ResponseHandler;

/// What carries a node's messages and requests, in both directions.
interface NodeNetwork {
  /// What others are to call: where this node listens, unless it was told to say otherwise.
  HostPort address();

  /// The lanes to other stores.
  PeerNetwork peers();

  /// Sends a request; callable from any thread. Never blocks.
  ///
  /// @param body given away
  /// @param deadlineNanos on the monotonic side of the node's clock
  void request(
      HostPort address, byte service, byte[] body, long deadlineNanos, ResponseHandler handler);

  /// Lets the cluster's stores and clients in.
  void start(Identity self, PeerNetwork.Receiver receiver, RequestService service);
}
