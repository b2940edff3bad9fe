package io.flotilla.bench;

import io.flotilla.codec.Command;
import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.StateWrite;
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
import org.openjdk.jmh.annotations.Warmup;

/// What do commands cost to encode (once, by the leader) and to decode (on every replica)?
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CommandCodecBenchmark {
  @Param({"1", "16"})
  int writes;

  private WriteCommand command;
  private byte[] encoded;

  @Setup
  public void prepare() {
    RandomSource random = new RandomSource(1);
    byte[][] keys = Samples.keys(random);
    List<StateWrite> all = new ArrayList<>();
    for (int i = 0; i < writes; i++) {
      byte[] key = StateLayout.versionKey(keys[i], 1_000_000L + i);
      all.add(new StateWrite(key, Samples.bytes(random, 1 + Samples.VALUE_BYTES)));
    }
    command = new WriteCommand(all);
    encoded = CommandCodec.encode(command);
  }

  @Benchmark
  public byte[] encode() {
    return CommandCodec.encode(command);
  }

  @Benchmark
  public Command decode() {
    return CommandCodec.decode(encoded);
  }
}
