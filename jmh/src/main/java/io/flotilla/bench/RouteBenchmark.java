package io.flotilla.bench;

import io.flotilla.engine.route.RangeCache;
import io.flotilla.engine.route.Route;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.RandomSource;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.Warmup;

/// What does it cost to find the range of a key, by how many ranges are known?
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class RouteBenchmark {
  @Param({"1", "1000", "100000"})
  int ranges;

  private final byte[][] keys = Samples.keys(new RandomSource(1));
  private RangeCache cache;
  private int next;

  @Setup
  public void learn() {
    cache = new RangeCache(2L * ranges);
    for (int i = 0; i < ranges; i++) {
      cache.learn(Samples.range(2L + i, border(i), border(i + 1)), new StoreId(1 + i % 3));
    }
    for (byte[] key : keys) {
      if (cache.find(Key.of(key)) == null) {
        throw new IllegalStateException("the ranges have a hole");
      }
    }
  }

  /// The ranges are equally wide; the outermost borders are open.
  private Key border(int number) {
    if (number == 0 || number == ranges) {
      return Key.EMPTY;
    }
    long prefix = Long.divideUnsigned(-1L, ranges) * number;
    return Key.of(ByteBuffer.allocate(Long.BYTES).putLong(prefix).array());
  }

  @Benchmark
  public @Nullable Route find() {
    next = next + 1 == keys.length ? 0 : next + 1;
    return cache.find(Key.of(keys[next]));
  }
}
