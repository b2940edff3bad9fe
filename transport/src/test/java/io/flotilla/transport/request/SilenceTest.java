package io.flotilla.transport.request;

import static io.flotilla.transport.request.Silence.Verdict.FINE;
import static io.flotilla.transport.request.Silence.Verdict.GIVE_UP;
import static io.flotilla.transport.request.Silence.Verdict.PING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.transport.request.Silence.Verdict;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private final Silence silence = new Silence(800);
  private long now;

  private Verdict after(long nanos) {
    now += nanos;
    return silence.check(now);
  }

  private void begin() {
    silence.begin(now);
  }

  @Test
  void halfwayAPingIsDueAndThenItIsOver() {
    assertEquals(100, silence.periodNanos());
    begin();
    for (int i = 0; i < 3; i++) {
      assertEquals(FINE, after(100));
    }
    assertEquals(PING, after(100));
    for (int i = 0; i < 3; i++) {
      assertEquals(FINE, after(100));
    }
    assertEquals(GIVE_UP, after(100));
  }

  @Test
  void whoeverSaysSomethingBeginsAnew() {
    begin();
    for (int i = 0; i < 4; i++) {
      assertEquals(i < 3 ? FINE : PING, after(100));
    }
    silence.heard();
    for (int i = 0; i < 4; i++) {
      assertEquals(FINE, after(100));
    }
    assertEquals(PING, after(100));
  }

  @Test
  void aPauseOfOurOwnIsNotHeldAgainstTheOtherSide() {
    begin();
    assertEquals(FINE, after(5_000));
    for (int i = 0; i < 3; i++) {
      assertEquals(FINE, after(100));
    }
    assertEquals(PING, after(100));
    assertEquals(FINE, after(1_000));
    assertEquals(FINE, after(300));
    assertEquals(PING, after(100));
  }
}
