package io.flotilla.engine.route;

import io.flotilla.engine.Limits;
import io.flotilla.keyspace.Key;
import java.util.Arrays;

/// The greatest key below another one, among the keys that the engine accepts.
final class LastKey {
  private LastKey() {}

  /// Where the empty key is the end of all.
  static Key below(Key end) {
    byte[] bytes = end.bytes();
    int last = bytes.length - 1;
    if (last >= 0 && bytes[last] == 0) {
      return Key.of(Arrays.copyOf(bytes, last));
    }
    byte[] below = Arrays.copyOf(bytes, Limits.KEY_BYTES_MAX);
    if (last >= 0) {
      below[last]--;
    }
    Arrays.fill(below, last + 1, below.length, (byte) 0xFF);
    return Key.of(below);
  }
}
