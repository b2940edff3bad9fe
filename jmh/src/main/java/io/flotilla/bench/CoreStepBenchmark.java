package io.flotilla.bench;

import io.flotilla.raft.Proposed;
import io.flotilla.raft.RaftGroup;
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
import org.openjdk.jmh.annotations.Warmup;

/// What does consensus itself cost? One batch of proposals from the proposal to "applied
/// everywhere", on all three peers of a group together, with disk and network left out.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.NATIVE, Jvm.UNSAFE, Jvm.COLLECTOR, Jvm.HEAP_MIN, Jvm.HEAP_MAX})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class CoreStepBenchmark {
  @Param({"1", "16"})
  int entries;

  private MemoryGroup group;
  private byte[] payload;

  @Setup
  public void elect() {
    RandomSource random = new RandomSource(1);
    group = new MemoryGroup(random);
    payload = Samples.bytes(random, Samples.PAYLOAD_BYTES);
  }

  @Benchmark
  public long proposeToApplied() {
    RaftGroup leader = group.leader();
    for (int i = 0; i < entries; i++) {
      if (!(leader.propose(payload) instanceof Proposed.Accepted)) {
        throw new IllegalStateException("a proposal was refused");
      }
    }
    group.settle();
    long applied = leader.applied();
    if (applied != leader.lastEntry().index()) {
      throw new IllegalStateException("not everything was applied");
    }
    return applied;
  }
}
