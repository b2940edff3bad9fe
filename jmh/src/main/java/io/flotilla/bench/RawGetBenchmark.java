package io.flotilla.bench;

import io.flotilla.spi.RandomSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/// The floor under [GetBenchmark]: the same sizes in a RocksDB without versions.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class RawGetBenchmark {
  @Param({"MEMTABLE", "TABLES"})
  Where where = Where.MEMTABLE;

  private final byte[][] keys = Samples.keys(new RandomSource(1));
  private RawDatabase raw;
  private RocksIterator iterator;
  private int next;

  @Setup
  public void load() throws RocksDBException {
    RandomSource random = new RandomSource(2);
    raw = RawDatabase.likeState();
    for (byte[] key : keys) {
      raw.db().put(key, Samples.value(random));
    }
    if (where == Where.TABLES) {
      raw.flush();
      for (byte[] key : keys) {
        if (raw.db().get(key) == null) {
          throw new IllegalStateException("a key that was written is not there");
        }
      }
    }
    iterator = raw.db().newIterator();
  }

  @TearDown
  public void close() {
    iterator.close();
    raw.close();
  }

  private byte[] nextKey() {
    next = next + 1 == keys.length ? 0 : next + 1;
    return keys[next];
  }

  @Benchmark
  public byte @Nullable [] get() throws RocksDBException {
    return raw.db().get(nextKey());
  }

  /// By an iterator that stays: what any search for "the newest version" costs at least.
  @Benchmark
  public byte[] seek() {
    iterator.seek(nextKey());
    return iterator.value();
  }
}
