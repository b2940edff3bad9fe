package io.flotilla.engine;

import java.util.Iterator;

/// A walk over the map at one snapshot; fetches page after page. For one thread; close it when
/// done: while it is open its snapshot is kept readable, up to the fleet's maximum age for
/// snapshots (an hour unless configured). A walk that takes longer ends with
/// [SnapshotTooOldException].
public interface Cursor extends Iterator<KeyValue>, AutoCloseable {
  /// The moment it reads at.
  Snapshot snapshot();

  @Override
  void close();
}
