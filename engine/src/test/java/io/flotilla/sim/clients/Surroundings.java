package io.flotilla.sim.clients;

import io.flotilla.engine.Engine;
import io.flotilla.spi.RandomSource;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// What clients live in. Everything of theirs runs on one thread at a time: that of [#at] and of
/// [#executor].
public interface Surroundings {
  /// Runs `task` so much later.
  void at(long nanos, Runnable task);

  /// Where the answers of engines are taken in.
  Executor executor();

  /// A stream of randomness for `purpose`.
  RandomSource random(String purpose);

  /// An engine for one client.
  Engine newEngine(String client);

  /// A client was told that `value` is there.
  void onAcknowledged(String client, String key, @Nullable String value);

  /// The most that a client waits between two calls.
  long thinkNanosMax(String client);

  /// Writes of bulk that are under way at a time, at most.
  default int waveMax() {
    return 1;
  }

  /// The key that the next call is about.
  String key(RandomSource random);

  /// What a scan walks over now.
  Scanned scanned();

  /// What a scan walks over.
  ///
  /// @param prefix of all of `keys`, and of no other key whose history counts
  record Scanned(String prefix, List<String> keys) {}
}
