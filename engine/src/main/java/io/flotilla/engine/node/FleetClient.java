package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineOptions;

/// Clients for people at a terminal, who want to know at once whether there is a fleet.
public final class FleetClient {
  private FleetClient() {}

  /// Like [Engine#connect(String, EngineOptions)], but waits until a node of the fleet has let this
  /// client in; calls on the other one's result do that within their deadlines.
  ///
  /// @throws io.flotilla.engine.RejectedException if an address is malformed, or the files for TLS
  ///   cannot be used
  /// @throws io.flotilla.engine.BusyException if there are nodes, but with as many connections as
  ///   they may have
  /// @throws io.flotilla.engine.UnavailableException if no node lets the client in; the message has
  ///   each one's reason, and what to try
  public static Engine connect(String addresses, EngineOptions options) {
    return ClientEngine.reach(addresses, options);
  }
}
