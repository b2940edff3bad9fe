package io.flotilla.bench;

import io.flotilla.spi.RandomSource;
import java.util.concurrent.TimeUnit;
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
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The floor under [PutBenchmark]: the same sizes in one WriteBatch without a write-ahead log, each
/// put over the key's old value.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class RawPutBenchmark {
  @Param({"1", "64"})
  int batch;

  private final byte[][] keys = Samples.keys(new RandomSource(1));
  private final byte[] value = Samples.value(new RandomSource(2));
  private RawDatabase raw;
  private WriteBatch writes;
  private WriteOptions unlogged;
  private int next;

  @Setup
  public void open() throws RocksDBException {
    raw = RawDatabase.likeState();
    writes = new WriteBatch(1 << 16);
    unlogged = new WriteOptions().setDisableWAL(true);
  }

  @TearDown
  public void close() {
    writes.close();
    unlogged.close();
    raw.close();
  }

  @Benchmark
  public int put() throws RocksDBException {
    writes.clear();
    for (int i = 0; i < batch; i++) {
      next = next + 1 == keys.length ? 0 : next + 1;
      writes.put(keys[next], value);
    }
    raw.db().write(unlogged, writes);
    return next;
  }
}
