package io.flotilla.engine.rocks;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Range;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;

/// How much lies where in the state, from RocksDB's estimates, and a look at the keys where an
/// estimate would be too coarse.
final class StateSizes {
  /// Below this the versions are walked: estimates are made of whole blocks and a guess for
  /// memtables.
  private static final long WALK_BYTES = 4 << 20;

  private static final long SAMPLE_BYTES = 2 << 10;
  private static final int BISECTIONS_MAX = 96;
  private static final int DIGITS = 8;

  private final RocksDatabase database;

  StateSizes(RocksDatabase database) {
    this.database = database;
  }

  long approximateBytes(KeySpan interval) {
    return approximateBytes(interval.start().bytes(), interval.end().bytes());
  }

  private long approximateBytes(byte[] from, byte[] to) {
    try (Slice start = new Slice(from);
        Slice end = new Slice(to)) {
      return database.db()
          .getApproximateSizes(
              List.of(new Range(start, end)),
              SizeApproximationFlag.INCLUDE_FILES,
              SizeApproximationFlag.INCLUDE_MEMTABLES)[0];
    }
  }

  /// A user key that halves the versions of `span` by bytes; null if that leaves one side empty.
  byte @Nullable [] middleKey(KeySpan span) {
    KeySpan interval = StateLayout.versionsOf(span);
    try (NativeScope scope = database.newScope()) {
      ReadOptions options =
          scope
              .own(new ReadOptions())
              .setFillCache(false)
              .setIterateLowerBound(scope.own(new Slice(interval.start().bytes())))
              .setIterateUpperBound(scope.own(new Slice(interval.end().bytes())));
      RocksIterator iterator = database.iterator(scope, options);
      byte[] middle = middleOf(iterator, interval);
      database.requireHealthy(iterator, "look for the middle of " + span);
      return middle;
    }
  }

  private byte @Nullable [] middleOf(RocksIterator iterator, KeySpan interval) {
    iterator.seekToLast();
    if (!iterator.isValid()) {
      return null;
    }
    byte[] last = iterator.key();
    iterator.seekToFirst();
    if (!iterator.isValid()) {
      return null;
    }
    byte[] first = iterator.key();
    byte[] near = approximateBytes(interval) < WALK_BYTES ? walk(iterator) : bisect(first, last);
    iterator.seek(near);
    return cutAtOrAfter(iterator, first, last);
  }

  /// The first user key at or after the iterator's position that is not the first of all; when
  /// there is none behind, the last user key of all.
  private static byte @Nullable [] cutAtOrAfter(RocksIterator iterator, byte[] first, byte[] last) {
    byte[] firstUser = StateLayout.userKeyOf(first);
    byte[] lastUser = StateLayout.userKeyOf(last);
    if (Arrays.equals(firstUser, lastUser)) {
      return null;
    }
    if (!iterator.isValid()) {
      return lastUser;
    }
    byte[] user = StateLayout.userKeyOf(iterator.key());
    if (!Arrays.equals(user, firstUser)) {
      return user;
    }
    iterator.seek(StateLayout.versionPrefix(Key.of(firstUser).next().bytes()));
    return iterator.isValid() ? StateLayout.userKeyOf(iterator.key()) : lastUser;
  }

  /// Walks all from the iterator's position, keeping a key of every few KiB.
  private static byte[] walk(RocksIterator iterator) {
    List<Sample> samples = new ArrayList<>();
    long bytes = 0;
    for (; iterator.isValid(); iterator.next()) {
      byte[] key = iterator.key();
      if (samples.isEmpty() || bytes - samples.getLast().offset() >= SAMPLE_BYTES) {
        samples.add(new Sample(bytes, key));
      }
      bytes += key.length + iterator.value().length;
    }
    long half = bytes / 2;
    return samples.stream()
        .filter(sample -> sample.offset() >= half)
        .findFirst()
        .orElse(samples.getLast())
        .key();
  }

  private record Sample(long offset, byte[] key) {}

  /// Halves the interval by the numeric value of its keys until the estimates on both sides agree.
  private byte[] bisect(byte[] first, byte[] last) {
    byte[] low = first;
    byte[] high = last;
    long half = approximateBytes(first, last) / 2;
    for (int i = 0; i < BISECTIONS_MAX; i++) {
      byte[] middle = between(low, high);
      if (Arrays.compareUnsigned(middle, low) <= 0 || Arrays.compareUnsigned(middle, high) >= 0) {
        break;
      }
      long left = approximateBytes(first, middle);
      if (Math.abs(left - half) <= half / 50) {
        return middle;
      }
      if (left < half) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /// The mean of two keys read as fractions, to some digits behind where they begin to differ.
  private static byte[] between(byte[] low, byte[] high) {
    int prefix = Math.max(0, Arrays.mismatch(low, high));
    byte[] mean = Arrays.copyOf(low, prefix + DIGITS);
    int carry = 0;
    for (int i = mean.length - 1; i >= prefix; i--) {
      int sum = at(low, i) + at(high, i) + carry;
      mean[i] = (byte) sum;
      carry = sum >>> 8;
    }
    for (int i = prefix; i < mean.length; i++) {
      int value = (carry << 8) | (mean[i] & 0xFF);
      mean[i] = (byte) (value >>> 1);
      carry = value & 1;
    }
    return mean;
  }

  private static int at(byte[] key, int offset) {
    return offset < key.length ? key[offset] & 0xFF : 0;
  }
}
