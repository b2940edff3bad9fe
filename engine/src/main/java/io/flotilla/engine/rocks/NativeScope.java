package io.flotilla.engine.rocks;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;

/// Owns native objects and closes them in the reverse order of their making: an option outlives the
/// database that was opened with it. Used by one thread at a time.
final class NativeScope implements AutoCloseable {
  private final NativeHandles handles;
  private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();

  NativeScope(NativeHandles handles) {
    this.handles = handles;
  }

  <T extends AbstractNativeReference> T own(T handle) {
    handles.opened(handle);
    owned.push(handle);
    return handle;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      handles.close(owned.pop());
    }
  }
}
