package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.EngineException;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A fleet that is not there is said to be so at once, and what to try.
final class FleetClientTest {
  private static final EngineOptions SHORT = new EngineOptions(Duration.ofMillis(300));

  private static String refusal(String addresses, EngineOptions options) {
    EngineException failure =
        assertThrows(
            UnavailableException.class, () -> FleetClient.connect(addresses, options).close());
    return String.valueOf(failure.getMessage());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void nobodyListens() throws IOException {
    String address = "127.0.0.1:" + freePort();
    String other = "127.0.0.1:" + freePort();
    String message = refusal(address + "," + other, EngineOptions.DEFAULT);
    String both = address + " and " + other;
    assertTrue(
        message.startsWith("no node answers: cannot connect to " + both + ": connection refused;"),
        message);
    assertTrue(message.contains("flotilla start --data DIR"), message);
    assertTrue(message.contains("--connect"), message);
  }

  @Test
  void somebodyListensAndSaysNothing() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + mute.getLocalPort();
      String message = refusal(address, SHORT);
      assertTrue(message.startsWith("no node answers: no answer from " + address), message);
    }
  }

  @Test
  void whatIsNoAddressIsRejected() {
    assertThrows(
        RejectedException.class, () -> FleetClient.connect("nowhere", EngineOptions.DEFAULT));
  }
}
