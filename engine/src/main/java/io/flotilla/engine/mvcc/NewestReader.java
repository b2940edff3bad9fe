package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.HotKeys.Known;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import org.jspecify.annotations.Nullable;

/// The newest applied value of a key, on the loop: from the heap, or from the database's memory.
final class NewestReader {
  private final Leadership leadership;
  private final VersionReader reader;

  NewestReader(Leadership leadership, VersionReader reader) {
    this.leadership = leadership;
    this.reader = reader;
  }

  /// Null: the disk is needed. The value is a copy, as far as the heap goes.
  @Nullable Known inMemory(Key key) {
    HotKeys hotKeys = leadership.environment.hotKeys();
    Known known = hotKeys.find(key, leadership.reign());
    if (known != null) {
      return known;
    }
    Version version = reader.newest(key, Timestamp.MAX, true);
    if (version == null) {
      return null;
    }
    byte[] value = version.value();
    if (leadership.overlay.newest(key) == null) {
      hotKeys.keep(key, value == null ? null : value.clone(), leadership.reign());
    }
    return new Known(value);
  }
}
