package io.flotilla.cli;

import io.flotilla.cli.shell.Addresses;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Connects to a fleet. A person who forgot to start one, or mistyped an address, learns that at
/// once, where an engine would look for the fleet until the deadline.
final class FleetConnector implements Shell.Connector {
  private static final Duration PROBE_MAX = Duration.ofSeconds(2);

  @Override
  public Engine connect(String addresses, EngineOptions options) {
    requireReachable(Addresses.parse(addresses).list(), options.deadline());
    return Engine.connect(addresses, options);
  }

  private static void requireReachable(List<String> addresses, Duration deadline) {
    int millis = (int) Math.min(PROBE_MAX.toMillis(), deadline.toMillis());
    List<String> reasons = new ArrayList<>();
    for (String address : addresses) {
      try (Socket socket = new Socket()) {
        socket.connect(socketAddress(address), millis);
        return;
      } catch (IOException e) {
        reasons.add(address + " (" + reason(e) + ")");
      }
    }
    throw new CommandFailure(
        "no node answers at %s; is the fleet running? start it, or name it with --connect"
            .formatted(String.join(", ", reasons)));
  }

  private static InetSocketAddress socketAddress(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
  }

  private static String reason(IOException e) {
    return switch (e) {
      case UnknownHostException _ -> "unknown host";
      case SocketTimeoutException _ -> "no answer";
      case ConnectException _ -> "connection refused";
      default -> String.valueOf(e.getMessage());
    };
  }
}
