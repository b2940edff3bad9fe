package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A machine that breaks over a request must not leave whoever asked without an answer.
class ServingTest {
  private final List<Refusal> answers = new ArrayList<>();

  private final class Once implements RangeRequest {
    @Override
    public void refuse(Refusal refusal) {
      if (!answers.isEmpty()) {
        throw new IllegalStateException("a second reply");
      }
      answers.add(refusal);
    }
  }

  @Test
  void aBrokenMachinesRequestIsRefused() {
    assertThrows(
        UnsupportedOperationException.class,
        () -> Serving.serve(new RangeId(7), new Once(), _ -> broken()));
    assertInstanceOf(Refusal.Unavailable.class, answers.getFirst());
  }

  @Test
  void oneThatIsAnsweredAlreadyGetsNoSecondAnswer() {
    Refusal busy = new Refusal.Busy("a limit", 1);
    assertThrows(
        UnsupportedOperationException.class,
        () ->
            Serving.serve(
                new RangeId(7),
                new Once(),
                request -> {
                  request.refuse(busy);
                  broken();
                }));
    assertEquals(List.of(busy), answers);
  }

  private static void broken() {
    throw new UnsupportedOperationException("broken");
  }
}
