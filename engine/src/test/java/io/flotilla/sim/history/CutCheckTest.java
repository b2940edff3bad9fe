package io.flotilla.sim.history;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.history.CutCheck.CutRead;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CutCheckTest {
  private final History history = new History();

  private void put(String key, @Nullable String value) {
    history.put("w", key, value).done();
  }

  private boolean isCut(long from, @Nullable String a, @Nullable String b) {
    TreeMap<String, @Nullable String> found = new TreeMap<>();
    found.put("a", a);
    found.put("b", b);
    return new CutCheck(history).check(new CutRead("r", found, from, history.now())).isEmpty();
  }

  @Test
  void whatWasThereAtOneMomentIsFine() {
    put("a", "1");
    long from = history.now();
    put("b", "2");
    put("a", "3");
    assertTrue(isCut(from, "1", null));
    assertTrue(isCut(from, "1", "2"));
    assertTrue(isCut(from, "3", "2"));
  }

  @Test
  void aLaterWriteWithoutAnEarlierOneIsNoCut() {
    long from = history.now();
    put("b", "2");
    put("a", "3");
    put("b", "4");
    assertFalse(isCut(from, "3", null));
    assertTrue(isCut(from, null, "2"));
    assertFalse(isCut(from, null, "4"));
  }

  @Test
  void whatWasFinishedBeforeTheReadBeganIsFound() {
    put("a", "1");
    put("a", "2");
    long from = history.now();
    assertFalse(isCut(from, "1", null));
    assertFalse(isCut(from, null, null));
    assertTrue(isCut(from, "2", null));
  }

  @Test
  void nothingMayBeFoundAfterADelete() {
    put("a", "1");
    put("a", null);
    assertTrue(isCut(history.now(), null, null));
    put("a", "2");
    assertFalse(isCut(history.now(), "1", null));
  }

  @Test
  void aValueFromNowhereIsNoCut() {
    put("a", "1");
    assertFalse(isCut(history.now(), "7", null));
  }
}
