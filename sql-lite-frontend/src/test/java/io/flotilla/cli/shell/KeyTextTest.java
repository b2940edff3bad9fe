package io.flotilla.cli.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys as text, both ways.
final class KeyTextTest {
  @Test
  void textIsUtf8() {
    assertArrayEquals(
        "city/Z\u00FCrich".getBytes(StandardCharsets.UTF_8), KeyText.parse("city/Z\u00FCrich"));
    assertEquals("city/Z\u00FCrich", KeyText.of(KeyText.parse("city/Z\u00FCrich")));
  }

  @Test
  void escapes() {
    byte[] bytes = {'a', 0, '\\', (byte) 0xFF, '\n'};
    assertArrayEquals(bytes, KeyText.parse("a\\x00\\\\\\xff\\x0a"));
    assertEquals("a\\x00\\\\\\xFF\\x0A", KeyText.of(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "\\q", "\\x", "\\x1", "\\xZZ", "a\\"})
  void brokenEscapes(String text) {
    assertThrows(IllegalArgumentException.class, () -> KeyText.parse(text));
  }

  @Test
  void everyKeySurvivesBeingText() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertArrayEquals(bytes, KeyText.parse(KeyText.of(bytes)));
    }
  }
}
