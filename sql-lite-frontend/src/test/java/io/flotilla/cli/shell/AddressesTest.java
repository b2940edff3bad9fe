package io.flotilla.cli.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is an address and what is not.
final class AddressesTest {
  @Test
  void several() {
    assertEquals(
        List.of("a:1", "[::1]:4100", "10.0.0.7:65535"),
        Addresses.parse("a:1, [::1]:4100,10.0.0.7:65535").list());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a:", ":1", "a:b", "a:65536", "a:1,", "::1:4100"})
  void none(String text) {
    assertThrows(IllegalArgumentException.class, () -> Addresses.parse(text));
  }
}
