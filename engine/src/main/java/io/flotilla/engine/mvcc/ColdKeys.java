package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Versions that an evaluation needed and memory did not have: read on the pool, once for all who
/// wait.
///
/// What was read is the key's newest applied version for as long as no write of the key is
/// proposed: nothing was under way when the read began, or the evaluation would have rested on
/// that.
final class ColdKeys {
  /// Beyond, the oldest is forgotten, and read again if it is still needed.
  private static final int KEYS_MAX = 64;

  private final Leadership leadership;
  private final VersionReader reader;
  private final Map<Key, Warming> byKey = new LinkedHashMap<>(4);

  private static final class Warming {
    final List<Runnable> again = new ArrayList<>(1);
    final List<Consumer<Refusal>> orElse = new ArrayList<>(1);
    @Nullable Version read;
  }

  ColdKeys(Leadership leadership, VersionReader reader) {
    this.leadership = leadership;
    this.reader = reader;
  }

  /// The newest applied version of the key, if it was read for somebody.
  @Nullable Version version(Key key) {
    Warming warming = byKey.get(key);
    return warming == null ? null : warming.read;
  }

  /// A write of the key is proposed: what is, or is being, read is void.
  void touched(Key key) {
    if (!byKey.isEmpty()) {
      byKey.remove(key);
    }
  }

  void clear() {
    byKey.clear();
  }

  /// Reads the key's newest version and then runs `again`, or `orElse`.
  void warm(Key key, Runnable again, Consumer<Refusal> orElse) {
    Warming joined = byKey.get(key);
    if (joined == null) {
      joined = new Warming();
      if (!begin(key, joined)) {
        orElse.accept(new Refusal.Busy("reads from disk", 10));
        return;
      }
    }
    joined.again.add(again);
    joined.orElse.add(orElse);
  }

  private boolean begin(Key key, Warming warming) {
    boolean submitted =
        leadership.readOnPool(
            () -> reader.newest(key, Timestamp.MAX, false),
            version -> onRead(warming, version),
            failure -> onFailed(key, warming, failure));
    if (submitted) {
      if (byKey.size() >= KEYS_MAX) {
        byKey.remove(byKey.keySet().iterator().next());
      }
      byKey.put(key, warming);
    }
    return submitted;
  }

  /// If the warming is void by now, those who wait evaluate anew and find out why.
  private static void onRead(Warming warming, @Nullable Version version) {
    warming.read = version;
    List<Runnable> waiting = List.copyOf(warming.again);
    warming.again.clear();
    warming.orElse.clear();
    waiting.forEach(Runnable::run);
  }

  private void onFailed(Key key, Warming warming, RuntimeException failure) {
    byKey.remove(key, warming);
    Refusal refusal =
        new Refusal.Unavailable("the state database cannot be read: " + failure.getMessage());
    warming.orElse.forEach(each -> each.accept(refusal));
  }
}
