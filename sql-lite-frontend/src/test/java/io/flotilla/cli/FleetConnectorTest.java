package io.flotilla.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.engine.EngineOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/// A fleet that is not there is said to be so at once.
final class FleetConnectorTest {
  @Test
  void nobodyListens() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String address = "127.0.0.1:" + port;
    CommandFailure failure =
        assertThrows(
            CommandFailure.class,
            () -> new FleetConnector().connect(address, EngineOptions.DEFAULT));
    assertEquals(
        "no node answers at "
            + address
            + " (connection refused); is the fleet running? start it, or name it with --connect",
        failure.getMessage());
  }
}
