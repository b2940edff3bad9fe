package io.flotilla.sim.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.rocks.NativeHandles;
import io.flotilla.engine.rocks.RocksDisk;
import io.flotilla.engine.rocks.RocksOptions;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.engine.rocks.StoreFolder;
import io.flotilla.sim.clients.Versions;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.StateCursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The versions that stopped stores have on their disks, all stores together, and what contradicts
/// each other there.
final class DiskVersions implements Versions {
  private final Map<String, NavigableMap<Long, String>> versions = new TreeMap<>();
  private final Map<String, Long> timestamps = new HashMap<>();
  private final Map<String, Map<String, NavigableMap<Long, String>>> applied = new HashMap<>();
  private final List<String> contradictions = new ArrayList<>();
  private long compared;

  /// Reads the stores in `folders`, which nobody else has open.
  DiskVersions(List<Path> folders) {
    folders.forEach(this::read);
  }

  private void read(Path path) {
    try (StoreFolder folder = StoreFolder.open(path);
        RocksDisk disk =
            RocksDisk.open(
                folder, RocksOptions.DEFAULT, new RandomSource(1), new NativeHandles())) {
      StateStorage state = disk.state();
      for (StateStorage.StoredRange range : state.load()) {
        if (!range.descriptor().isPlacement()) {
          read(path, range, state);
        }
      }
    }
  }

  private void read(Path path, StateStorage.StoredRange range, StateStorage state) {
    var span = StateLayout.versionsOf(range.descriptor().span());
    Map<String, NavigableMap<Long, String>> its = new TreeMap<>();
    try (StateCursor cursor = state.scan(span.start().bytes(), span.end().bytes(), false, false)) {
      for (; cursor.isValid(); cursor.next()) {
        String key = new String(StateLayout.userKeyOf(cursor.key()), UTF_8);
        long timestamp = StateLayout.timestampOf(cursor.key());
        // One byte for the format, then the value; nothing behind it: the key was deleted.
        byte[] stored = cursor.value();
        String value = new String(stored, 1, stored.length - 1, UTF_8).strip();
        its.computeIfAbsent(key, _ -> new TreeMap<>()).put(timestamp, value);
        note(path, key, timestamp, value);
      }
    }
    compare(path, range, its);
  }

  private void note(Path path, String key, long timestamp, String value) {
    String before =
        versions.computeIfAbsent(key, _ -> new TreeMap<>()).putIfAbsent(timestamp, value);
    if (before != null && !before.equals(value)) {
      contradictions.add(
          path + ": " + key + " at " + timestamp + " is " + value + ", elsewhere " + before);
    }
    Long other = value.isEmpty() ? null : timestamps.putIfAbsent(key + "=" + value, timestamp);
    if (other != null && other != timestamp) {
      contradictions.add(
          path + ": " + key + " was given " + value + " at " + timestamp + " and at " + other);
    }
  }

  /// Replicas of a range that have applied the same entries have the same versions.
  private void compare(
      Path path, StateStorage.StoredRange range, Map<String, NavigableMap<Long, String>> its) {
    String at = range.descriptor() + " applied up to " + range.applied();
    Map<String, NavigableMap<Long, String>> before = applied.putIfAbsent(at, its);
    if (before != null) {
      compared++;
      if (!before.equals(its)) {
        contradictions.add(path + ": differs from another replica: " + at);
      }
    }
  }

  /// What cannot be, a line for each thing.
  List<String> contradictions() {
    return contradictions;
  }

  /// How many replicas were compared with another one at the same applied entry.
  long compared() {
    return compared;
  }

  long count() {
    return versions.values().stream().mapToLong(NavigableMap::size).sum();
  }

  @Override
  public @Nullable Long timestampOf(String key, String value) {
    return timestamps.get(key + "=" + value);
  }

  @Override
  public @Nullable String valueAt(String key, long timestamp) {
    NavigableMap<Long, String> its = versions.get(key);
    Map.Entry<Long, String> found = its == null ? null : its.floorEntry(timestamp);
    return found == null || found.getValue().isEmpty() ? null : found.getValue();
  }
}
