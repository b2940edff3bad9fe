package io.flotilla.engine.rocks;

import io.flotilla.spi.StateStorage.StateCursor;
import java.util.Arrays;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/// A walk over the state as it was when the cursor was opened. RocksDB itself keeps to the bounds,
/// so that it neither reads ahead of them nor steps over what was deleted behind them.
final class RocksStateCursor implements StateCursor {
  private final RocksDatabase database;
  private final NativeScope scope;
  private final RocksIterator iterator;
  private final byte[] from;
  private final byte[] to;
  private final boolean reverse;
  private boolean valid;
  private boolean needsDisk;

  RocksStateCursor(
      RocksDatabase database, byte[] from, byte[] to, boolean reverse, boolean memoryOnly) {
    this.database = database;
    this.from = from;
    this.to = to;
    this.reverse = reverse;
    this.scope = database.newScope();
    Slice lower = scope.own(new Slice(from));
    Slice upper = scope.own(new Slice(to));
    ReadOptions options =
        scope
            .own(new ReadOptions())
            .setReadTier(memoryOnly ? ReadTier.BLOCK_CACHE_TIER : ReadTier.READ_ALL_TIER)
            .setIterateLowerBound(lower)
            .setIterateUpperBound(upper);
    this.iterator = database.iterator(scope, options);
    if (Arrays.compareUnsigned(from, to) < 0) {
      if (reverse) {
        iterator.seekToLast();
      } else {
        iterator.seekToFirst();
      }
      settle();
    }
  }

  private void settle() {
    valid = iterator.isValid();
    if (valid) {
      return;
    }
    try {
      iterator.status();
    } catch (RocksDBException e) {
      if (!Failures.isIncomplete(e)) {
        throw database.failure("scan the state", e);
      }
      needsDisk = true;
    }
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public boolean needsDisk() {
    return needsDisk;
  }

  @Override
  public byte[] key() {
    requireValid();
    return iterator.key();
  }

  @Override
  public byte[] value() {
    requireValid();
    return iterator.value();
  }

  @Override
  public void next() {
    requireValid();
    if (reverse) {
      iterator.prev();
    } else {
      iterator.next();
    }
    settle();
  }

  @Override
  public void seek(byte[] stateKey) {
    if (Arrays.compareUnsigned(from, to) >= 0) {
      return;
    }
    needsDisk = false;
    if (reverse) {
      iterator.seekForPrev(stateKey);
    } else {
      iterator.seek(stateKey);
    }
    settle();
  }

  private void requireValid() {
    if (!valid) {
      throw new IllegalStateException("the cursor is at its end");
    }
  }

  @Override
  public void close() {
    valid = false;
    scope.close();
  }
}
