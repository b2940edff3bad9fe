package io.flotilla.bench;

import io.flotilla.codec.RangeMessageCodec;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.RandomSource;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.FrameBuilder;
import io.flotilla.transport.frame.FrameReader;
import io.flotilla.transport.frame.FrameType;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.peer.PeerArrivals;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// What does a frame of so many groups' appends cost to make, and to take apart, without a socket?
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class FrameBenchmark {
  @Param({"1", "100"})
  int groups;

  private final Buffers buffers = new Buffers(1, TransportLimits.DEFAULTS.bufferBytesMax());
  private final CountingReceiver receiver = new CountingReceiver();
  private final FrameReader reader =
      new FrameReader(
          buffers,
          new PeerArrivals(new StoreId(1), receiver),
          TransportLimits.DEFAULTS.frameBytesMax());
  private final EmbeddedChannel channel = new EmbeddedChannel(reader);
  private final ChannelHandlerContext context = channel.pipeline().context(reader);
  private List<RangeMessage> messages;
  private ByteBuf frame;

  @Setup
  public void prepare() {
    messages = Messages.appends(groups, new RandomSource(1));
    frame = frameOf(messages);
  }

  @TearDown
  public void close() {
    frame.release();
    channel.close();
  }

  private ByteBuf frameOf(List<RangeMessage> batch) {
    int sizeMax = RangeMessageCodec.sizeMax(batch);
    int capacity = FrameReader.HEAD_BYTES + sizeMax;
    ByteBuf target = FrameBuilder.start(buffers, FrameType.RANGE_MESSAGES, capacity);
    ByteBuffer body = target.internalNioBuffer(target.writerIndex(), sizeMax);
    int start = body.position();
    RangeMessageCodec.encode(batch, body);
    target.writerIndex(target.writerIndex() + body.position() - start);
    return FrameBuilder.finish(target);
  }

  @Benchmark
  public void build(Blackhole sink) {
    ByteBuf built = frameOf(messages);
    sink.consume(built.readableBytes());
    built.release();
  }

  @Benchmark
  public long read() {
    reader.channelRead(context, frame.retainedDuplicate());
    return receiver.received();
  }
}
