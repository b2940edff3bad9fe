package io.flotilla.engine.rocks;

import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.RocksDB;

/// The native objects that are open right now, for the one question "was something leaked?".
///
/// One registry for each store. Callable from any thread. Whoever makes native objects has one of
/// these, so this is also where the native library gets loaded.
public final class NativeHandles {
  static {
    RocksDB.loadLibrary();
  }

  // By identity: the hash code of some of these objects is a call into what may be closed already.
  private final IdentityHashMap<AbstractNativeReference, String> open = new IdentityHashMap<>();
  private final @Nullable NativeHandles parent;

  public NativeHandles() {
    this(null);
  }

  /// A registry whose objects are in `parent`, too.
  NativeHandles(@Nullable NativeHandles parent) {
    this.parent = parent;
  }

  /// The kinds of the objects that are open, sorted; empty after everything was closed.
  public List<String> open() {
    synchronized (open) {
      return open.values().stream().sorted().toList();
    }
  }

  void opened(AbstractNativeReference handle) {
    synchronized (open) {
      open.put(handle, handle.getClass().getSimpleName());
    }
    if (parent != null) {
      parent.opened(handle);
    }
  }

  /// Closes `handle`, too.
  void close(AbstractNativeReference handle) {
    handle.close();
    closed(handle);
  }

  private void closed(AbstractNativeReference handle) {
    synchronized (open) {
      open.remove(handle);
    }
    if (parent != null) {
      parent.closed(handle);
    }
  }
}
