package io.flotilla.sim.clients;

import org.jspecify.annotations.Nullable;

/// Every version that the stores of a fleet have applied, as somebody saw it who looked there.
public interface Versions {
  /// When a value was written, by the oracle's time; null: never, as far as is known.
  @Nullable Long timestampOf(String key, String value);

  /// The value of a key at a moment, null: none.
  @Nullable String valueAt(String key, long timestamp);
}
