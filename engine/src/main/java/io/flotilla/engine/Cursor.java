package io.flotilla.engine;

import java.util.Iterator;

/// A walk over the map at one snapshot; fetches page after page. For one thread; close it when
/// done.
public interface Cursor extends Iterator<KeyValue>, AutoCloseable {
  /// The moment it reads at.
  Snapshot snapshot();

  @Override
  void close();
}
