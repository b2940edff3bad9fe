package io.flotilla.bench;

import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.keyspace.Key;
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

/// What do puts cost the leaseholder without their log: timestamp, evaluation, overlay, version,
/// application, reply? One batch becomes one entry. The floor is [RawPutBenchmark].
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class PutBenchmark {
  @Param({"1", "64"})
  int batch;

  private final byte[][] keys = Samples.keys(new RandomSource(1));
  private final byte[] value = Samples.value(new RandomSource(2));
  private BenchStore store;
  private LocalMachine machine;
  private int next;

  @Setup
  public void open() {
    store = new BenchStore();
    machine = new LocalMachine(store.disk().state());
  }

  @TearDown
  public void close() {
    store.close();
  }

  @Benchmark
  public int put() {
    for (int i = 0; i < batch; i++) {
      next = next + 1 == keys.length ? 0 : next + 1;
      machine.write(new KvRequest.Put(machine.target(), Key.of(keys[next]), value));
    }
    return machine.finish();
  }
}
