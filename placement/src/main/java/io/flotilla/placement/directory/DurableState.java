package io.flotilla.placement.directory;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.ByteSink;
import io.flotilla.placement.PlacementRequest.IdKind;
import io.flotilla.placement.Policy;
import io.flotilla.placement.Standing;
import io.flotilla.placement.StoreInfo;
import io.flotilla.placement.ValueLayout;
import io.flotilla.spi.StateStorage.StateWrite;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The placement group's state keys and the layouts of their values.
///
/// ```
/// p|c            cluster id, policy          p|s storeId(8)  a store
/// p|i kind(1)    bound of the ids given out  p|t             bound of the timestamps given out
/// p|g            safe point                   p|d storeId(8)  its standing, if not a member's
/// ```
///
/// Every value starts with a format byte.
final class DurableState {
  /// All keys of the placement group are in [FROM, TO).
  static final byte[] FROM = {'p', '|'};

  static final byte[] TO = {'p', '|' + 1};

  private static final byte SETTINGS = 'c';
  private static final byte SAFE_POINT = 'g';
  private static final byte IDS = 'i';
  private static final byte STANDING = 'd';
  private static final byte STORE = 's';
  private static final byte WINDOW = 't';
  private static final int FORMAT = 1;

  private DurableState() {}

  record Settings(String cluster, Policy policy) {}

  /// What was found. `settings` null: a new fleet. Bounds are 0 where none was written.
  record Loaded(
      @Nullable Settings settings,
      TreeMap<StoreId, StoreInfo> stores,
      TreeMap<StoreId, Standing> standings,
      long rangeBound,
      long peerBound,
      long window,
      Timestamp safePoint) {}

  static StateWrite settings(Settings settings) {
    ByteSink out = value().text(settings.cluster());
    ValueLayout.policy(out, settings.policy());
    return new StateWrite(new byte[] {'p', '|', SETTINGS}, out.toBytes());
  }

  static StateWrite store(StoreInfo info) {
    ByteSink out = value();
    ValueLayout.info(out, info);
    return new StateWrite(storeKey(STORE, info.id()), out.toBytes());
  }

  static StateWrite standing(StoreId store, Standing standing) {
    return new StateWrite(storeKey(STANDING, store), value().u8(standing.ordinal()).toBytes());
  }

  private static byte[] storeKey(byte kind, StoreId store) {
    return ByteBuffer.allocate(11).put(FROM).put(kind).putLong(store.value()).array();
  }

  private static StoreId storeOf(byte[] key) {
    if (key.length != 11) {
      throw new CodecException("placement state: the key of a store has " + key.length + " bytes");
    }
    return new StoreId(ByteBuffer.wrap(key).getLong(3));
  }

  static StateWrite idBound(IdKind kind, long bound) {
    byte[] key = {'p', '|', IDS, (byte) kind.ordinal()};
    return new StateWrite(key, value().varint(bound).toBytes());
  }

  static StateWrite window(long bound) {
    return new StateWrite(new byte[] {'p', '|', WINDOW}, value().varint(bound).toBytes());
  }

  static StateWrite safePoint(Timestamp at) {
    return new StateWrite(new byte[] {'p', '|', SAFE_POINT}, value().varint(at.value()).toBytes());
  }

  /// @throws CodecException if something there is damaged or newer than this release
  static Loaded load(List<StateWrite> found) {
    Settings settings = null;
    TreeMap<StoreId, StoreInfo> stores = new TreeMap<>();
    TreeMap<StoreId, Standing> standings = new TreeMap<>();
    long[] ids = new long[IdKind.values().length];
    long window = 0;
    Timestamp safePoint = Timestamp.ZERO;
    for (StateWrite entry : found) {
      byte[] key = entry.key();
      byte[] value = entry.value();
      if (key.length < 3 || value == null) {
        throw new CodecException("placement state: a key too short or without a value");
      }
      switch (key[2]) {
        case SETTINGS ->
            settings =
                read(value, in -> new Settings(ValueLayout.text(in), ValueLayout.policy(in)));
        case STORE -> {
          StoreInfo info = read(value, ValueLayout::info);
          stores.put(info.id(), info);
        }
        case STANDING -> standings.put(storeOf(key), read(value, ValueLayout::standing));
        case IDS -> ids[idKind(key)] = read(value, ByteReader::varint);
        case WINDOW -> window = read(value, ByteReader::varint);
        case SAFE_POINT -> safePoint = new Timestamp(read(value, ByteReader::varint));
        default -> throw new CodecException("placement state: unknown key " + (char) key[2]);
      }
    }
    return new Loaded(
        settings,
        stores,
        standings,
        ids[IdKind.RANGE.ordinal()],
        ids[IdKind.PEER.ordinal()],
        window,
        safePoint);
  }

  private static int idKind(byte[] key) {
    if (key.length != 4 || key[3] < 0 || key[3] >= IdKind.values().length) {
      throw new CodecException("placement state: unknown kind of id");
    }
    return key[3];
  }

  private static ByteSink value() {
    return new ByteSink().u8(FORMAT);
  }

  private static <T> T read(byte[] value, Function<ByteReader, T> layout) {
    ByteReader in = new ByteReader(ByteBuffer.wrap(value), "placement state");
    int format = in.u8();
    if (format != FORMAT) {
      throw in.bad("format " + format + " is not known to this release");
    }
    try {
      T result = layout.apply(in);
      in.end();
      return result;
    } catch (IllegalArgumentException e) {
      throw new CodecException("placement state: " + e.getMessage(), e);
    }
  }
}
