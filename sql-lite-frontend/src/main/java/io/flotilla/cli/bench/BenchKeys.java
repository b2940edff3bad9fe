package io.flotilla.cli.bench;

import io.flotilla.engine.KeyRange;
import io.flotilla.keyspace.Key;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// The keys and values of the benchmark: `bench/0000000042`, 16 bytes; values of random bytes from
/// a small pool, so that no time goes into making them and none can be compressed away.
final class BenchKeys {
  static final long KEYS_MAX = 10_000_000_000L;

  private static final byte[] PREFIX = "bench/".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 10;
  private static final int POOL = 64;

  private final byte[][] values = new byte[POOL][];

  BenchKeys(int valueBytes) {
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < POOL; i++) {
      values[i] = new byte[valueBytes];
      random.nextBytes(values[i]);
    }
  }

  static byte[] key(long number) {
    byte[] key = new byte[PREFIX.length + DIGITS];
    System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
    long rest = number;
    for (int i = key.length - 1; i >= PREFIX.length; i--) {
      key[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return key;
  }

  /// Keys from this one to the last of the benchmark.
  static KeyRange from(long number) {
    return new KeyRange(Key.of(key(number)), KeyRange.prefix(PREFIX).end());
  }

  byte[] value(SplittableRandom random) {
    return values[random.nextInt(POOL)];
  }
}
