package io.flotilla.bench;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.RandomSource;
import io.flotilla.transport.Transport;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does a round trip between two nodes cost over the loopback? `frames`: so many groups'
/// appends there and as many back, one frame each way. `requests`: so many requests pipelined, each
/// echoed; the figure is for all of them together.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class LoopbackBenchmark {
  /// So many in a row, driven by the first node's loop: the benchmark's thread wakes up once for
  /// all.
  private static final int ROUNDS = 200;

  private static final StoreId HERE = new StoreId(1);
  private static final StoreId THERE = new StoreId(2);
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

  @Param({"1", "100"})
  int width;

  private final Semaphore done = new Semaphore(0);
  private final byte[] body = Samples.bytes(new RandomSource(1), Samples.VALUE_BYTES);
  private List<RangeMessage> messages;
  private LoopbackNode here;
  private LoopbackNode there;
  private int roundsLeft;
  private int arrived;
  private long total;

  @Setup
  public void connect() throws InterruptedException {
    messages = Messages.appends(width, new RandomSource(1));
    here = new LoopbackNode("here");
    there = new LoopbackNode("there");
    Transport far = there.transport();
    Transport near = here.transport();
    here.start(HERE, new Bouncing(this::onFrameBack), (context, _, _) -> context.refuse("none"));
    there.start(
        THERE,
        new Bouncing(received -> far.peers().send(HERE, received)),
        (context, _, request) -> context.respond(request.remaining(), out -> out.put(request)));
    near.setAddress(THERE, far.address());
    far.setAddress(HERE, near.address());
    awaitLanes();
  }

  /// Messages are dropped until there is a connection each way.
  private void awaitLanes() throws InterruptedException {
    for (int attempt = 0; attempt < 100; attempt++) {
      here.loop().execute(() -> start(1));
      if (done.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        awaitStrays();
        return;
      }
    }
    throw new IllegalStateException("no connection between two nodes of one process");
  }

  /// What earlier attempts sent may still be under way, and would be taken for a later round's.
  private void awaitStrays() throws InterruptedException {
    boolean stray;
    do {
      stray = done.tryAcquire(500, TimeUnit.MILLISECONDS);
    } while (stray);
  }

  @TearDown
  public void close() {
    here.close();
    there.close();
  }

  private record Bouncing(java.util.function.Consumer<List<RangeMessage>> then)
      implements PeerNetwork.Receiver {
    @Override
    public void onMessages(StoreId from, List<RangeMessage> received) {
      then.accept(received);
    }

    @Override
    public void onSnapshot(StoreId from, SnapshotMessage message) {
      throw new IllegalStateException("nobody sends snapshots here");
    }
  }

  private void start(int rounds) {
    roundsLeft = rounds;
    total = 0;
    arrived = 0;
    here.transport().peers().send(THERE, messages);
  }

  private void onFrameBack(List<RangeMessage> received) {
    arrived += received.size();
    total += received.size();
    if (arrived < width) {
      return;
    }
    arrived = 0;
    if (--roundsLeft > 0) {
      here.transport().peers().send(THERE, messages);
    } else if (roundsLeft == 0) {
      done.release();
    }
  }

  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public void frames() throws InterruptedException {
    here.loop().execute(() -> start(ROUNDS));
    await();
  }

  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public void requests() throws InterruptedException {
    here.loop()
        .execute(() -> {
          roundsLeft = ROUNDS;
          total = 0;
          askAll();
        });
    await();
  }

  private void await() throws InterruptedException {
    if (!done.tryAcquire(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a message was lost on the loopback");
    }
    if (total != (long) ROUNDS * width) {
      throw new IllegalStateException(total + " messages came back in " + ROUNDS + " rounds");
    }
  }

  private void askAll() {
    arrived = 0;
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    Transport near = here.transport();
    for (int i = 0; i < width; i++) {
      near.client().request(there.transport().address(), (byte) 1, body, deadline, echo);
    }
  }

  private final ResponseHandler echo =
      new ResponseHandler() {
        @Override
        public void onResponse(ByteBuffer response) {
          total++;
          if (++arrived < width) {
            return;
          }
          if (--roundsLeft > 0) {
            askAll();
          } else {
            done.release();
          }
        }

        @Override
        public void onFailure(RequestFailure failure) {
          throw new IllegalStateException("a request on the loopback failed: " + failure);
        }
      };
}
