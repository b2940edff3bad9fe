package io.flotilla.transport.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @Test
  void namesAndAddressesAreReadAndWritten() {
    assertEquals(new HostPort("store-1.example", 7400), HostPort.parse("store-1.example:7400"));
    assertEquals(new HostPort("::1", 7400), HostPort.parse("[::1]:7400"));
    assertEquals("[::1]:7400", new HostPort("::1", 7400).toString());
    assertEquals("127.0.0.1:0", HostPort.parse("127.0.0.1:0").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", "host:", ":7400", "host:port", "host:70000", "::1:7400", "h:-1"})
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text));
  }
}
