package io.flotilla.placement.directory;

import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;
import java.util.function.Consumer;

/// How a new placement leader reads the group's durable state back.
@FunctionalInterface
public interface StateReader {
  /// Reads all applied state keys in [from, to), in order. One of the two is called, on the
  /// replica's loop, at once or later. There are few keys: one for each store and a handful of
  /// others.
  void scan(
      byte[] from,
      byte[] to,
      Consumer<List<StateWrite>> onRead,
      Consumer<RuntimeException> onFailed);
}
