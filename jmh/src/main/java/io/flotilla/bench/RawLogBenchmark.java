package io.flotilla.bench;

import io.flotilla.spi.RandomSource;
import java.nio.ByteBuffer;
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

/// The floor under [LogAppendBenchmark]: the same keys and values in one synced WriteBatch.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RawLogBenchmark {
  private static final int ENTRY_HEAD_BYTES = 10;
  private static final int GROUP_BYTES = 57;

  @Param({"1", "16", "256"})
  int groups;

  private final ByteBuffer entryKey = ByteBuffer.allocateDirect(17);
  private final ByteBuffer groupKey = ByteBuffer.allocateDirect(9);
  private final ByteBuffer group = ByteBuffer.allocateDirect(GROUP_BYTES);
  private final ByteBuffer entry =
      ByteBuffer.allocateDirect(ENTRY_HEAD_BYTES + Samples.PAYLOAD_BYTES);
  private RawDatabase raw;
  private WriteBatch batch;
  private WriteOptions synced;
  private long index;

  @Setup
  public void open() throws RocksDBException {
    raw = RawDatabase.likeLog();
    batch = new WriteBatch(1 << 16);
    synced = new WriteOptions().setSync(true);
    entry.put(Samples.bytes(new RandomSource(1), entry.capacity())).flip();
  }

  @TearDown
  public void close() {
    batch.close();
    synced.close();
    raw.close();
  }

  @Benchmark
  public long append() throws RocksDBException {
    index++;
    batch.clear();
    for (int i = 0; i < groups; i++) {
      entryKey.clear().put((byte) 'e').putLong(2L + i).putLong(index).flip();
      batch.put(entryKey, entry.rewind());
      groupKey.clear().put((byte) 'g').putLong(2L + i).flip();
      group.clear();
      batch.put(groupKey, group.putLong(0, index));
    }
    raw.db().write(synced, batch);
    return index;
  }
}
