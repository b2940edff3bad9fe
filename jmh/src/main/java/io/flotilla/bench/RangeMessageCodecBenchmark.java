package io.flotilla.bench;

import io.flotilla.codec.RangeMessageCodec;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.RandomSource;
import java.nio.ByteBuffer;
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

/// What do the messages of many groups to one peer cost to encode and to decode?
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class RangeMessageCodecBenchmark {
  /// `APPENDS`: 100 groups with one entry each. `BEATS`: 1000 groups, as columns.
  @Param({"APPENDS", "BEATS"})
  Kind kind = Kind.APPENDS;

  /// What a batch consists of.
  public enum Kind {
    APPENDS,
    BEATS
  }

  private List<RangeMessage> messages;
  private ByteBuffer target;
  private byte[] encoded;

  @Setup
  public void prepare() {
    RandomSource random = new RandomSource(1);
    messages =
        switch (kind) {
          case APPENDS -> Messages.appends(100, random);
          case BEATS -> Messages.beats(1000, random);
        };
    target = ByteBuffer.allocateDirect(RangeMessageCodec.sizeMax(messages));
    encoded = RangeMessageCodec.encode(messages);
  }

  /// Into a direct buffer, as the transport does.
  @Benchmark
  public ByteBuffer encode() {
    target.clear();
    RangeMessageCodec.encode(messages, target);
    return target;
  }

  @Benchmark
  public List<RangeMessage> decode() {
    return RangeMessageCodec.decode(encoded);
  }
}
