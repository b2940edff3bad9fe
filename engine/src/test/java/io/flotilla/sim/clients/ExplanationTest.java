package io.flotilla.sim.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.clients.Clients.SnapshotRead;
import io.flotilla.sim.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What cannot be explained is told, and nothing else.
final class ExplanationTest implements Versions {
  private final History history = new History();
  private final List<SnapshotRead> reads = new ArrayList<>();
  private final Map<String, NavigableMap<Long, String>> versions = new TreeMap<>();

  private void put(String key, String value, long timestamp) {
    History.Pending pending = history.put("w", key, value);
    versions.computeIfAbsent(key, _ -> new TreeMap<>()).put(timestamp, value);
    pending.done();
  }

  private void read(long timestamp, @Nullable String a, @Nullable String b) {
    read(history.now(), history.now(), timestamp, a, b);
  }

  private void read(
      long invoked, long drawn, long timestamp, @Nullable String a, @Nullable String b) {
    TreeMap<String, @Nullable String> found = new TreeMap<>();
    found.put("a", a);
    found.put("b", b);
    reads.add(new SnapshotRead("r", timestamp, found, invoked, drawn));
  }

  private void good() {
    assertEquals(Optional.empty(), new Explanation(history, reads, this).complaint());
  }

  private void bad(String what) {
    String complaint = new Explanation(history, reads, this).complaint().orElse("no complaint");
    assertTrue(complaint.contains(what), complaint);
  }

  @Test
  void whatIsInOrderIsFine() {
    put("a", "1", 10);
    read(11, "1", null);
    put("b", "2", 12);
    history.get("r", "b").found("2");
    read(12, "1", "2");
    read(13, "1", "2");
    good();
  }

  @Test
  void anOldAnswer() {
    put("a", "1", 10);
    put("a", "2", 20);
    history.get("r", "a").found("1");
    bad("the history of a is not linearizable");
  }

  @Test
  void aLaterWriteWithAnEarlierTimestamp() {
    put("a", "1", 20);
    put("b", "2", 10);
    bad("finished earlier, but has a later timestamp");
  }

  @Test
  void aMomentBehindAWriteThatWasFinished() {
    put("a", "1", 20);
    read(19, null, null);
    bad("finished earlier, but has a later timestamp");
  }

  @Test
  void aWriteBehindAMomentThatWasDrawn() {
    read(20, null, null);
    put("a", "1", 19);
    bad("finished earlier, but has a later timestamp");
  }

  @Test
  void momentsThatGoBack() {
    read(20, null, null);
    read(19, null, null);
    bad("finished earlier, but has a later timestamp");
  }

  @Test
  void aVersionThatIsNotTheNewestOne() {
    long from = history.now();
    put("a", "1", 10);
    put("a", "2", 20);
    read(from, history.now(), 30, "1", null);
    bad("but it was 2 then");
  }

  @Test
  void aWriteThatCameAfterTheMomentWasDrawn() {
    long from = history.now();
    long drawn = history.now();
    History.Pending late = history.put("w", "a", "1");
    late.done();
    read(from, drawn, 10, "1", null);
    assertTrue(
        new Explanation(history, reads, new Nowhere("1"))
            .complaint()
            .orElse("none")
            .contains("no consistent cut"));
  }

  /// Old versions were collected: only what snapshot reads found is left.
  private record Nowhere(String found) implements Versions {
    @Override
    public @Nullable Long timestampOf(String key, String value) {
      return null;
    }

    @Override
    public @Nullable String valueAt(String key, long timestamp) {
      return key.equals("a") ? found : null;
    }
  }

  @Override
  public @Nullable Long timestampOf(String key, String value) {
    for (Map.Entry<Long, String> each : versions.getOrDefault(key, new TreeMap<>()).entrySet()) {
      if (each.getValue().equals(value)) {
        return each.getKey();
      }
    }
    return null;
  }

  @Override
  public @Nullable String valueAt(String key, long timestamp) {
    Map.Entry<Long, String> found =
        versions.getOrDefault(key, new TreeMap<>()).floorEntry(timestamp);
    return found == null ? null : found.getValue();
  }
}
