package io.flotilla.sim.node;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.sim.clients.Versions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is true of a whole fleet, as far as any of its nodes has shown it: who led in which term,
/// which entry has which place, which are committed, what a range looked like at each generation,
/// and every version that was ever applied. Whatever contradicts it breaks a rule.
final class Truth implements Versions {
  private final Map<String, StoreId> leaders = new HashMap<>();
  private final Map<RangeId, Map<EntryId, Integer>> entries = new HashMap<>();
  private final Map<RangeId, NavigableMap<Long, Long>> committedTerms = new HashMap<>();
  private final Map<String, Long> digests = new HashMap<>();
  private final Map<RangeId, RangeDescriptor> newest = new TreeMap<>();
  private final Map<String, RangeDescriptor> generations = new HashMap<>();
  private final Map<String, NavigableMap<Long, String>> versions = new TreeMap<>();
  private final Map<String, Long> timestamps = new HashMap<>();
  private long digestsCompared;

  void led(RangeId range, long term, StoreId store) {
    StoreId before = leaders.putIfAbsent(range + "/" + term, store);
    Broken.check(
        before == null || before.equals(store),
        () ->
            "range "
                + range
                + " has two leaders in term "
                + term
                + ": "
                + before
                + " and "
                + store);
  }

  /// Logs match: the same term and index is the same entry wherever it is.
  void logged(RangeId range, Entry entry) {
    int hash = 31 * entry.kind().ordinal() + Arrays.hashCode(entry.payload());
    Integer before =
        entries.computeIfAbsent(range, _ -> new HashMap<>()).putIfAbsent(entry.id(), hash);
    Broken.check(
        before == null || before == hash,
        () -> "range " + range + ": two entries are " + entry.id());
  }

  /// Committed entries stay.
  void committed(RangeId range, EntryId entry) {
    Long before =
        committedTerms
            .computeIfAbsent(range, _ -> new TreeMap<>())
            .putIfAbsent(entry.index(), entry.term());
    Broken.check(
        before == null || before == entry.term(),
        () ->
            "range "
                + range
                + ": two entries are committed at "
                + entry.index()
                + ", of the terms "
                + before
                + " and "
                + entry.term());
  }

  void digest(RangeId range, EntryId applied, long digest) {
    Long before = digests.putIfAbsent(range + "/" + applied.index(), digest);
    digestsCompared += before == null ? 0 : 1;
    Broken.check(
        before == null || before == digest,
        () -> "replicas of range " + range + " differ at " + applied);
  }

  long digestsCompared() {
    return digestsCompared;
  }

  void described(RangeDescriptor descriptor) {
    if (descriptor.isPlacement()) {
      return;
    }
    RangeDescriptor same =
        generations.putIfAbsent(descriptor.id() + "/" + descriptor.generation(), descriptor);
    Broken.check(
        same == null || same.equals(descriptor),
        () ->
            "range "
                + descriptor.id()
                + " has two descriptors of one generation: "
                + same
                + " and "
                + descriptor);
    newest.merge(descriptor.id(), descriptor, (a, b) -> a.generation() >= b.generation() ? a : b);
  }

  Collection<RangeDescriptor> ranges() {
    return newest.values();
  }

  /// Every key is in one range.
  void checkTiling() {
    List<RangeDescriptor> ranges = new ArrayList<>(newest.values());
    ranges.sort(Comparator.comparing(range -> range.span().start()));
    Key next = Key.EMPTY;
    boolean tiles = true;
    for (RangeDescriptor range : ranges) {
      tiles &= range.span().start().equals(next);
      next = range.span().end();
    }
    Broken.check(tiles && next.isEmpty(), () -> "the ranges do not tile the key space: " + ranges);
  }

  /// A version was applied somewhere; null: the key was deleted.
  void version(String key, long timestamp, @Nullable String value) {
    String text = value == null ? "" : value.strip();
    String before =
        versions.computeIfAbsent(key, _ -> new TreeMap<>()).putIfAbsent(timestamp, text);
    Broken.check(
        before == null || before.equals(text),
        () -> key + " has two values at " + timestamp + ": " + before + " and " + text);
    if (value != null) {
      Long other = timestamps.putIfAbsent(key + "=" + text, timestamp);
      Broken.check(
          other == null || other == timestamp,
          () -> key + " was given " + text + " twice, at " + other + " and at " + timestamp);
    }
  }

  @Override
  public @Nullable String valueAt(String key, long timestamp) {
    NavigableMap<Long, String> its = versions.get(key);
    Map.Entry<Long, String> found = its == null ? null : its.floorEntry(timestamp);
    return found == null || found.getValue().isEmpty() ? null : found.getValue();
  }

  @Override
  public @Nullable Long timestampOf(String key, String value) {
    return timestamps.get(key + "=" + value);
  }
}
