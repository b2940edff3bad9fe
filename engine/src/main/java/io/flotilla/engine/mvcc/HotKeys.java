package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.Key;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The newest values of keys that were read lately, for all ranges led on one loop: what spares a
/// read the way into the state database. Bounded by bytes; the least recently read goes first.
///
/// An entry is true as long as it is there: it enters when the newest applied version is read while
/// no write of the key is under way, leaves when one is proposed, and comes back with that one's
/// value when it is applied. Each entry bears the *reign* it was made under, which a range changes
/// with its leadership and its span, so that nothing has to be searched for then. Confined to the
/// loop.
public final class HotKeys {
  /// What an entry takes beside its bytes, about.
  private static final long ENTRY_BYTES = 160;

  private final long bytesMax;
  private final Map<Key, Hot> byKey = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /// A key's newest value, null: it has none.
  private record Hot(Reign reign, byte @Nullable [] value) {}

  /// What an entry is only good for: one range, one leadership, one span.
  static final class Reign {}

  /// What is known of a key.
  ///
  /// @param value a copy, null: the key has none
  record Known(byte @Nullable [] value) {}

  /// @param bytesMax of keys and values, with what it takes to keep them; 0: keeps nothing
  public HotKeys(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Nullable Known find(Key key, Reign reign) {
    Hot hot = byKey.get(key);
    if (hot == null || hot.reign() != reign) {
      return null;
    }
    return new Known(hot.value() == null ? null : hot.value().clone());
  }

  /// Keeps `value`, which is given away.
  void keep(Key key, byte @Nullable [] value, Reign reign) {
    if (bytesOf(key, value) > bytesMax) {
      remove(key);
      return;
    }
    Hot old = byKey.put(key, new Hot(reign, value));
    bytes += bytesOf(key, value) - (old == null ? 0 : bytesOf(key, old.value()));
    evict();
  }

  /// True if it was there, and true, until now.
  boolean remove(Key key, Reign reign) {
    Hot hot = remove(key);
    return hot != null && hot.reign() == reign;
  }

  private @Nullable Hot remove(Key key) {
    Hot hot = byKey.remove(key);
    if (hot != null) {
      bytes -= bytesOf(key, hot.value());
    }
    return hot;
  }

  private void evict() {
    Iterator<Map.Entry<Key, Hot>> eldest = byKey.entrySet().iterator();
    while (bytes > bytesMax) {
      Map.Entry<Key, Hot> gone = eldest.next();
      bytes -= bytesOf(gone.getKey(), gone.getValue().value());
      eldest.remove();
    }
  }

  int size() {
    return byKey.size();
  }

  private static long bytesOf(Key key, byte @Nullable [] value) {
    return ENTRY_BYTES + key.length() + (value == null ? 0 : value.length);
  }
}
