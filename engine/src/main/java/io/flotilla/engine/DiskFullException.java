package io.flotilla.engine;

import io.flotilla.keyspace.StoreId;

/// Definitely not done: the disk of a store is nearly full, and the write adds data. Deletes still
/// work, and so do reads; puts work again by themselves when there is room.
///
/// What to try: free some room on that disk, delete data, or add a store.
public final class DiskFullException extends EngineException {
  private static final long serialVersionUID = 1L;

  private final long store;
  private final long freeBytes;
  private final long limitBytes;

  /// @param freeBytes on the store's disk, -1: not known
  /// @param limitBytes that must be free there for data to be taken again, -1: not known
  public DiskFullException(String message, StoreId store, long freeBytes, long limitBytes) {
    super(message);
    this.store = store.value();
    this.freeBytes = freeBytes;
    this.limitBytes = limitBytes;
  }

  /// The store whose disk is nearly full.
  public StoreId store() {
    return new StoreId(store);
  }

  /// What is free on its disk, in bytes; -1 if that is not known to whoever refused.
  public long freeBytes() {
    return freeBytes;
  }

  /// What must be free on its disk for data to be taken again, in bytes; -1 if that is not known to
  /// whoever refused.
  public long limitBytes() {
    return limitBytes;
  }
}
