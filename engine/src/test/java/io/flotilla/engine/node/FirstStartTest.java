package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.transport.frame.HostPort;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a node tells others to call.
final class FirstStartTest {
  @Test
  void whereItListensUnlessItIsToldOtherwise() {
    assertNull(FirstStart.advertised(null, HostPort.parse("10.0.0.7:4100")));
    assertNull(FirstStart.advertised(null, HostPort.parse("127.0.0.1:0")));
    assertEquals(
        HostPort.parse("db1.example.org:7100"),
        FirstStart.advertised("db1.example.org:7100", HostPort.parse("0.0.0.0:4100")));
  }

  @ParameterizedTest
  @CsvSource({
    ", 0.0.0.0:4100, add --advertise HOST:PORT",
    ", [::]:4100, add --advertise HOST:PORT",
    "0.0.0.0:7100, 10.0.0.7:4100, nobody can call 0.0.0.0:7100",
    "[0:0:0:0:0:0:0:0]:7100, 10.0.0.7:4100, nobody can call",
    "db1.example.org:0, 10.0.0.7:4100, nobody can call db1.example.org:0",
    "db1.example.org, 10.0.0.7:4100, expected host:port",
  })
  void whatNobodyCanCallIsRefused(@Nullable String advertise, String listen, String reason) {
    NodeStartException refused =
        assertThrows(
            NodeStartException.class,
            () -> FirstStart.advertised(advertise, HostPort.parse(listen)));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }
}
