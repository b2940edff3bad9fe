package io.flotilla.bench;

import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.Seek;
import io.flotilla.spi.StateStorage.StateCursor;
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
import org.openjdk.jmh.infra.Blackhole;

/// What does a get of a cached key cost on the leaseholder's loop, and how much of that is the
/// search for the version? The floor is [RawGetBenchmark].
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class GetBenchmark {
  @Param({"MEMTABLE", "TABLES"})
  Where where = Where.MEMTABLE;

  private final byte[][] keys = Samples.keys(new RandomSource(1));
  private BenchStore store;
  private StateStorage state;
  private LocalMachine machine;
  private int next;

  @Setup
  public void load() {
    RandomSource random = new RandomSource(2);
    store = new BenchStore();
    state = store.disk().state();
    machine = new LocalMachine(state);
    for (int i = 0; i < keys.length; i++) {
      machine.write(new KvRequest.Put(machine.target(), Key.of(keys[i]), Samples.value(random)));
      if (i % 1000 == 999) {
        machine.finish();
      }
    }
    if (machine.finish() != keys.length) {
      throw new IllegalStateException("not all keys were written");
    }
    if (where == Where.TABLES) {
      state.flush();
      for (byte[] key : keys) {
        machine.read(get(key), GetBenchmark::requireValue);
      }
    }
  }

  private static void requireValue(KvReply reply) {
    if (!(reply instanceof KvReply.Value(var value))
        || value == null
        || value.length != Samples.VALUE_BYTES) {
      throw new IllegalStateException("a key that was written is answered with " + reply);
    }
  }

  @TearDown
  public void close() {
    store.close();
  }

  private byte[] nextKey() {
    next = next + 1 == keys.length ? 0 : next + 1;
    return keys[next];
  }

  private KvRequest get(byte[] key) {
    return new KvRequest.Get(machine.target(), Key.of(key), Timestamp.MAX);
  }

  /// The whole get, from the request to the reply.
  @Benchmark
  public void machine(Blackhole sink) {
    machine.read(get(nextKey()), sink::consume);
  }

  /// The search alone, by the look that the port has for it.
  @Benchmark
  public Seek seek() {
    byte[] from = StateLayout.versionKey(nextKey(), Long.MAX_VALUE);
    return state.seek(from, from.length - StateLayout.TIMESTAMP_BYTES, true);
  }

  /// The search by a cursor of its own, as a scan would.
  @Benchmark
  public byte[] cursor() {
    byte[] key = nextKey();
    byte[] from = StateLayout.versionKey(key, Long.MAX_VALUE);
    byte[] to = StateLayout.versionPrefix(key);
    to[to.length - 1]++;
    try (StateCursor cursor = state.scan(from, to, false, true)) {
      return cursor.value();
    }
  }
}
