package io.flotilla.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Arguments that the JVM could not decode are read again from the command line itself.
final class RawArgumentsTest {
  @Test
  void lastArgumentsAreTaken() {
    byte[] line = "java\0-cp\0x\0Main\0kv\0get\0Z\u00FCrich\0".getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(
        new String[] {"kv", "get", "Z\u00FCrich"},
        RawArguments.last(new String[] {"kv", "get", "Z??rich"}, line));
  }

  @Test
  void emptyArgumentsStay() {
    byte[] line = "java\0Main\0put\0k\0\0".getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(
        new String[] {"put", "k", ""}, RawArguments.last(new String[] {"put", "k", ""}, line));
  }

  @Test
  void commandLineThatDoesNotFitIsLeft() {
    String[] args = {"a", "b"};
    assertArrayEquals(args, RawArguments.last(args, new byte[] {'a', 0}));
  }
}
