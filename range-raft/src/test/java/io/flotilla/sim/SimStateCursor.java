package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.spi.StateStorage.StateCursor;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/// Walks a map in its own order, which is descending for a reverse scan.
final class SimStateCursor implements StateCursor {
  private final NavigableMap<Key, byte[]> view;
  private final boolean cold;
  private Map.@Nullable Entry<Key, byte[]> position;

  SimStateCursor(NavigableMap<Key, byte[]> view, boolean cold) {
    this.view = view;
    this.cold = cold;
    this.position = cold ? null : view.firstEntry();
  }

  @Override
  public boolean isValid() {
    return position != null;
  }

  @Override
  public boolean needsDisk() {
    return cold;
  }

  @Override
  public byte[] key() {
    return current().getKey().bytes();
  }

  @Override
  public byte[] value() {
    return current().getValue();
  }

  @Override
  public void next() {
    position = view.higherEntry(current().getKey());
  }

  @Override
  public void seek(byte[] stateKey) {
    position = cold ? null : view.ceilingEntry(Key.of(stateKey));
  }

  @Override
  public void close() {
    position = null;
  }

  private Map.Entry<Key, byte[]> current() {
    if (position == null) {
      throw new IllegalStateException("the cursor is at its end");
    }
    return position;
  }
}
