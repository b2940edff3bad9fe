package io.flotilla.engine;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import java.util.Arrays;

/// Keys from `start` (in it) to `end` (not in it); an empty end means "to the last key".
public record KeyRange(Key start, Key end) {
  /// Every key.
  public static final KeyRange ALL = new KeyRange(Key.EMPTY, Key.EMPTY);

  /// From `start` on.
  public static KeyRange from(byte[] start) {
    return new KeyRange(Key.of(start.clone()), Key.EMPTY);
  }

  public static KeyRange between(byte[] start, byte[] end) {
    return new KeyRange(Key.of(start.clone()), Key.of(end.clone()));
  }

  /// Every key that begins with `prefix`.
  public static KeyRange prefix(byte[] prefix) {
    byte[] end = prefix.clone();
    int last = end.length - 1;
    while (last >= 0 && end[last] == (byte) 0xFF) {
      last--;
    }
    if (last < 0) {
      return from(prefix);
    }
    end[last]++;
    return new KeyRange(Key.of(prefix.clone()), Key.of(Arrays.copyOf(end, last + 1)));
  }

  /// True if no key is in it.
  public boolean isEmpty() {
    return !end.isEmpty() && start.compareTo(end) >= 0;
  }

  /// The same keys as a span; not for an empty range.
  public KeySpan span() {
    return new KeySpan(start, end);
  }
}
