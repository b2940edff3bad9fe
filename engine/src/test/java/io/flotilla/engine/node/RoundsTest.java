package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.flotilla.engine.mvcc.ManualLoop;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private final ManualLoop loop = new ManualLoop();
  private boolean needed;
  private int done;
  private final Rounds rounds = new Rounds(loop, 10, () -> needed, () -> done++);

  @Test
  void nothingRunsWhileNothingIsNeeded() {
    rounds.begin();
    loop.run();
    assertEquals(0, done);
    assertFalse(loop.hasTimers());
  }

  @Test
  void roundsGoOnForAsLongAsTheyAreNeededAndBeginAgain() {
    needed = true;
    rounds.begin();
    loop.advance(25);
    assertEquals(3, done);
    rounds.begin();
    loop.run();
    assertEquals(3, done, "they run already");
    needed = false;
    loop.advance(100);
    assertEquals(3, done);
    assertFalse(loop.hasTimers());
    needed = true;
    rounds.begin();
    loop.advance(10);
    assertEquals(5, done);
  }

  @Test
  void theyEnd() {
    needed = true;
    rounds.begin();
    loop.run();
    rounds.stop();
    loop.advance(100);
    rounds.begin();
    loop.run();
    assertEquals(1, done);
    assertFalse(loop.hasTimers());
  }

  @Test
  void aLoopThatHasEndedIsLeftAlone() {
    loop.close();
    rounds.begin();
    assertEquals(0, done);
  }
}
