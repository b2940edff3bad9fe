package io.flotilla.engine.rocks;

import io.flotilla.spi.StateStorage.Seek;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.rocksdb.ReadOptions;

/// The [RocksSeeker]s of all threads that look into the state in one way: from memory, or from
/// anywhere.
final class RocksSeekers {
  private final List<RocksSeeker> all = new CopyOnWriteArrayList<>();
  private final ThreadLocal<RocksSeeker> own;

  RocksSeekers(RocksDatabase database, ReadOptions options) {
    this.own =
        ThreadLocal.withInitial(() -> {
          RocksSeeker seeker = new RocksSeeker(database, options);
          all.add(seeker);
          return seeker;
        });
  }

  Seek seek(byte[] from, int prefixBytes) {
    return own.get().seek(from, prefixBytes);
  }

  /// To be called now and then, say once a second.
  void releaseIdle() {
    all.removeIf(seeker -> !seeker.releaseIdle());
  }

  void close() {
    all.forEach(RocksSeeker::close);
  }
}
