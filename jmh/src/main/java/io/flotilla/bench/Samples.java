package io.flotilla.bench;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.RandomSource;
import java.util.List;

/// The data that all benchmarks share: the same sizes as the load driver's, the same bytes in each
/// run.
final class Samples {
  static final int KEYS = 100_000;
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 256;

  /// What a put of that key and value takes as an entry's payload, in round figures.
  static final int PAYLOAD_BYTES = 300;

  private Samples() {}

  /// Half of each value repeats, so that compression has something to do.
  static byte[] value(RandomSource random) {
    return bytes(random, VALUE_BYTES);
  }

  static byte[] bytes(RandomSource random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length / 2; i++) {
      bytes[i] = (byte) random.nextLong();
    }
    for (int i = length / 2; i < length; i++) {
      bytes[i] = 'x';
    }
    return bytes;
  }

  /// Random keys of [#KEY_BYTES], without zero bytes, in random order.
  static byte[][] keys(RandomSource random) {
    byte[][] keys = new byte[KEYS][KEY_BYTES];
    for (byte[] key : keys) {
      for (int i = 0; i < KEY_BYTES; i++) {
        key[i] = (byte) (1 + random.nextInt(255));
      }
    }
    return keys;
  }

  /// A range on the stores 1 to 3 by the peers 1 to 3.
  static RangeDescriptor range(long id, Key start, Key end) {
    return new RangeDescriptor(
        new RangeId(id), new KeySpan(start, end), 1, List.of(voter(1), voter(2), voter(3)));
  }

  private static ReplicaDescriptor voter(long number) {
    return new ReplicaDescriptor(new PeerId(number), new StoreId(number), ReplicaKind.VOTER);
  }
}
