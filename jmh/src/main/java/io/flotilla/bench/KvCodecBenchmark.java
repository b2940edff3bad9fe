package io.flotilla.bench;

import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvReplyCodec;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequestCodec;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.Timestamp;
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
import org.openjdk.jmh.annotations.Warmup;

/// What do requests and replies cost to encode and to decode?
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class KvCodecBenchmark {
  @Param({"GET", "PUT"})
  Kind kind = Kind.GET;

  /// What is asked and answered.
  public enum Kind {
    GET,
    PUT
  }

  private KvRequest request;
  private KvReply reply;
  private byte[] encodedRequest;
  private byte[] encodedReply;

  @Setup
  public void prepare() {
    RandomSource random = new RandomSource(1);
    Key key = Key.of(Samples.bytes(random, Samples.KEY_BYTES));
    byte[] value = Samples.value(random);
    KvRequest.Target target = new KvRequest.Target(RangeDescriptor.FIRST, 3);
    Timestamp now = Timestamp.atMillis(1_800_000_000_000L);
    request =
        switch (kind) {
          case GET -> new KvRequest.Get(target, key, Timestamp.MAX);
          case PUT -> new KvRequest.Put(target, key, value);
        };
    reply =
        switch (kind) {
          case GET -> new KvReply.Value(value);
          case PUT -> new KvReply.Done(now);
        };
    encodedRequest = KvRequestCodec.encode(request);
    encodedReply = KvReplyCodec.encode(reply);
  }

  @Benchmark
  public byte[] encodeRequest() {
    return KvRequestCodec.encode(request);
  }

  @Benchmark
  public KvRequest decodeRequest() {
    return KvRequestCodec.decode(ByteBuffer.wrap(encodedRequest));
  }

  @Benchmark
  public byte[] encodeReply() {
    return KvReplyCodec.encode(reply);
  }

  @Benchmark
  public KvReply decodeReply() {
    return KvReplyCodec.decode(ByteBuffer.wrap(encodedReply));
  }
}
