package io.flotilla.engine.rocks;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// How state keys are made. The first byte says what a key is about:
///
/// ```
/// d | escape(user key) | ~timestamp     one version of a user key, the newest first
/// g | escape(user key)                  how far garbage was collected, kept at a range's start
/// i | escape(user key)                  an intent
/// m | range id | 0                      the range's descriptor
/// m | range id | 1                      the range's applied entry
/// p | ...                               the placement group's own state
/// ```
///
/// Numbers are big-endian. `escape` writes a zero byte as `00 FF` and ends with `00 01`, so that
/// escaped keys sort as the keys do and none is a prefix of another, whatever follows it.
public final class StateLayout {
  /// The first byte of a version's key.
  public static final byte VERSION = 'd';

  /// The first byte of a collection mark's key.
  public static final byte GARBAGE = 'g';

  /// The first byte of an intent's key.
  public static final byte INTENT = 'i';

  /// The first byte of what is kept about a range itself.
  public static final byte META = 'm';

  /// The first byte of every key of the placement group.
  public static final byte PLACEMENT = 'p';

  /// The bytes behind the escaped user key in a version key.
  public static final int TIMESTAMP_BYTES = 8;

  private static final byte ZERO_ESCAPE = (byte) 0xFF;
  private static final byte TERMINATOR = 1;
  private static final byte DESCRIPTOR_FIELD = 0;
  private static final byte APPLIED_FIELD = 1;
  private static final KeySpan PLACEMENT_INTERVAL = allOf(PLACEMENT);

  private StateLayout() {}

  /// Where the applied entry of a range is kept.
  static byte[] appliedKey(RangeId range) {
    return meta(range.value(), APPLIED_FIELD);
  }

  /// Where the descriptor of a range is kept.
  static byte[] descriptorKey(RangeId range) {
    return meta(range.value(), DESCRIPTOR_FIELD);
  }

  private static byte[] meta(long range, byte field) {
    return ByteBuffer.allocate(10).put(META).putLong(range).put(field).array();
  }

  static boolean isDescriptorKey(byte[] metaKey) {
    return metaKey[metaKey.length - 1] == DESCRIPTOR_FIELD;
  }

  static boolean isAppliedKey(byte[] metaKey, RangeId range) {
    return Arrays.equals(metaKey, appliedKey(range));
  }

  static RangeId rangeOf(byte[] metaKey) {
    return new RangeId(ByteBuffer.wrap(metaKey, 1, 8).getLong());
  }

  /// The key of the version of `userKey` at `timestamp`. It sorts before the key's older versions,
  /// so a seek to it finds the newest version at or below the timestamp.
  public static byte[] versionKey(byte[] userKey, long timestamp) {
    byte[] key = escaped(VERSION, userKey, TIMESTAMP_BYTES);
    putTimestamp(key, key.length - TIMESTAMP_BYTES, timestamp);
    return key;
  }

  /// What all versions of `userKey` and nothing else begins with. It sorts before all of them.
  public static byte[] versionPrefix(byte[] userKey) {
    return escaped(VERSION, userKey, 0);
  }

  /// Writes `timestamp` as the last bytes of `versionKey`.
  static void putTimestamp(byte[] versionKey, int offset, long timestamp) {
    long inverted = ~timestamp;
    for (int i = 0; i < TIMESTAMP_BYTES; i++) {
      versionKey[offset + i] = (byte) (inverted >>> (56 - 8 * i));
    }
  }

  /// The timestamp of a version key.
  public static long timestampOf(byte[] versionKey) {
    return ~ByteBuffer.wrap(versionKey).getLong(versionKey.length - TIMESTAMP_BYTES);
  }

  /// True if both are version keys of the same user key.
  public static boolean sameUserKey(byte[] versionKey, byte[] other) {
    int length = versionKey.length - TIMESTAMP_BYTES;
    return versionKey.length == other.length
        && Arrays.equals(versionKey, 0, length, other, 0, length);
  }

  /// The user key in a version or intent key.
  ///
  /// @throws IllegalArgumentException if there is none
  public static byte[] userKeyOf(byte[] stateKey) {
    byte[] user = new byte[stateKey.length];
    int length = 0;
    for (int i = 1; i < stateKey.length - 1; i++) {
      if (stateKey[i] != 0) {
        user[length++] = stateKey[i];
      } else if (stateKey[++i] == ZERO_ESCAPE) {
        user[length++] = 0;
      } else if (stateKey[i] == TERMINATOR) {
        return Arrays.copyOf(user, length);
      } else {
        break;
      }
    }
    throw new IllegalArgumentException("no user key in state key " + Key.of(stateKey));
  }

  /// The disjoint intervals of state keys, ascending, in which a range has its data.
  public static List<KeySpan> intervalsOf(RangeDescriptor descriptor) {
    if (descriptor.isPlacement()) {
      return List.of(PLACEMENT_INTERVAL);
    }
    return List.of(
        interval(VERSION, descriptor.span()),
        interval(GARBAGE, descriptor.span()),
        interval(INTENT, descriptor.span()));
  }

  /// The versions of the user keys in `span`.
  public static KeySpan versionsOf(KeySpan span) {
    return interval(VERSION, span);
  }

  /// The key of the collection mark of the range that starts at `rangeStart`.
  public static byte[] garbageKey(byte[] rangeStart) {
    return escaped(GARBAGE, rangeStart, 0);
  }

  /// The collection marks in `span`: of the range that has it, and of those it was merged from.
  public static KeySpan garbageOf(KeySpan span) {
    return interval(GARBAGE, span);
  }

  private static KeySpan interval(byte prefix, KeySpan span) {
    KeySpan all = allOf(prefix);
    Key start =
        span.start().isEmpty() ? all.start() : Key.of(escaped(prefix, span.start().bytes(), 0));
    Key end = span.isUnbounded() ? all.end() : Key.of(escaped(prefix, span.end().bytes(), 0));
    return new KeySpan(start, end);
  }

  private static KeySpan allOf(byte prefix) {
    return new KeySpan(Key.of(new byte[] {prefix}), Key.of(new byte[] {(byte) (prefix + 1)}));
  }

  private static byte[] escaped(byte prefix, byte[] userKey, int room) {
    int zeros = 0;
    for (byte b : userKey) {
      if (b == 0) {
        zeros++;
      }
    }
    byte[] key = new byte[1 + userKey.length + zeros + 2 + room];
    key[0] = prefix;
    int at = 1;
    if (zeros == 0) {
      System.arraycopy(userKey, 0, key, 1, userKey.length);
      at += userKey.length;
    } else {
      for (byte b : userKey) {
        key[at++] = b;
        if (b == 0) {
          key[at++] = ZERO_ESCAPE;
        }
      }
    }
    key[at] = 0;
    key[at + 1] = TERMINATOR;
    return key;
  }
}
