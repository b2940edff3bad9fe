package io.flotilla.bench;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.HardState;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
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

/// What does it cost to make one entry of each of so many groups durable with one fsync? The
/// group's commit index goes along, as it does under load. The floor is [RawLogBenchmark].
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LogAppendBenchmark {
  @Param({"1", "16", "256"})
  int groups;

  private BenchStore store;
  private LogStorage log;
  private byte[] payload;
  private long index;

  @Setup
  public void open() {
    store = new BenchStore();
    log = store.disk().log();
    payload = Samples.bytes(new RandomSource(1), Samples.PAYLOAD_BYTES);
  }

  @TearDown
  public void close() {
    store.close();
  }

  @Benchmark
  public long append() {
    index++;
    PeerId self = new PeerId(1);
    HardState hardState = new HardState(7, self, index - 1);
    List<GroupWrite> batch = new ArrayList<>(groups);
    for (int i = 0; i < groups; i++) {
      List<Entry> entry = List.of(new Entry(7, index, EntryKind.COMMAND, payload));
      batch.add(new GroupWrite(new RangeId(2L + i), self, hardState, entry, null, null, null));
    }
    log.write(batch);
    return index;
  }
}
