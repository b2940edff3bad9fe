package io.flotilla.cli.term;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers as people read and write them.
final class HumanTest {
  @ParameterizedTest
  @CsvSource({"0,0 B", "1023,1023 B", "1024,1.0 KiB", "268435456,256 MiB", "1649267441664,1.5 TiB"})
  void bytes(long bytes, String text) {
    assertEquals(text, Human.bytes(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "340,340 µs",
    "12500,12.5 ms",
    "412000,412 ms",
    "3400000,3.4 s",
    "125000000,2m 05s",
    "11520000000,3h 12m"
  })
  void durations(long micros, String text) {
    assertEquals(text, Human.duration(Duration.ofNanos(micros * 1_000)));
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "10s,10000", "10,10000", "2m,120000", "1h,3600000"})
  void durationsRead(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), Human.parseDuration(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "soon", "-1s", "5 days", "99999999999"})
  void notDurations(String text) {
    assertThrows(IllegalArgumentException.class, () -> Human.parseDuration(text));
  }
}
