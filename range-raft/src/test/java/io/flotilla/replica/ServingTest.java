package io.flotilla.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.flotilla.keyspace.RangeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A machine that breaks over a request must not leave whoever asked without an answer.
class ServingTest {
  private final List<Refusal> answers = new ArrayList<>();

  private void answer(Refusal refusal) {
    if (!answers.isEmpty()) {
      throw new IllegalStateException("a second reply");
    }
    answers.add(refusal);
  }

  @Test
  void aBrokenMachinesRequestIsRefused() {
    RuntimeException broken = new UnsupportedOperationException("broken");
    assertSame(broken, Serving.refused(new RangeId(7), broken, this::answer));
    assertEquals(List.of(new Refusal.Unavailable("range 7 broke: broken")), answers);
  }

  @Test
  void oneThatIsAnsweredAlreadyGetsNoSecondAnswer() {
    Refusal busy = new Refusal.Busy("a limit", 1);
    answer(busy);
    RuntimeException broken = new UnsupportedOperationException("broken");
    assertSame(broken, Serving.refused(new RangeId(7), broken, this::answer));
    assertEquals(List.of(busy), answers);
    assertEquals(1, broken.getSuppressed().length);
  }
}
