package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What the parts of a store share: its stages and loops. Nothing here changes after construction
/// but what says so.
final class StoreCore {
  private final StoreEnvironment env;
  private final LogWriter logWriter;
  private final Applier applier;
  private final SnapshotDesk desk;
  private final LivenessDesk liveness;
  private final List<StoreLoop> loops = new ArrayList<>();
  private final SpanClaims claims = new SpanClaims();

  StoreCore(StoreEnvironment env) {
    this.env = env;
    this.logWriter = new LogWriter(env.logLoop(), env.log(), this::fail);
    this.applier =
        new Applier(env.applyLoop(), env.state(), env.options().applyBatchBytesMax(), this::fail);
    this.desk = new SnapshotDesk(this);
    this.liveness = new LivenessDesk(this);
    for (EventLoop loop : env.loops()) {
      loops.add(new StoreLoop(this, loop));
    }
  }

  StoreEnvironment env() {
    return env;
  }

  LogWriter logWriter() {
    return logWriter;
  }

  Applier applier() {
    return applier;
  }

  SnapshotDesk desk() {
    return desk;
  }

  LivenessDesk liveness() {
    return liveness;
  }

  List<StoreLoop> loops() {
    return loops;
  }

  StoreLoop loopOf(RangeId range) {
    int n = loops.size();
    return n == 1 ? loops.getFirst() : loops.get((int) Long.remainderUnsigned(hash(range), n));
  }

  private static long hash(RangeId range) {
    return (range.value() * 0x9E3779B97F4A7C15L) >>> 17;
  }

  /// Asks or changes the claims on the first loop, where they live.
  void withClaims(Consumer<SpanClaims> use) {
    loops.getFirst().post(() -> use.accept(claims));
  }

  /// For the start, before anything runs.
  SpanClaims claimsAtStart() {
    return claims;
  }

  /// Runs blocking work of the background; a failure of it is the store's.
  void bulk(Runnable work) {
    env.bulkLoop().execute(() -> runOrFail(work));
  }

  /// Runs work that concerns more than one replica: a failure of it is the store's.
  void runOrFail(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /// All loops learn what a range looks like now.
  void publish(RangeDescriptor descriptor) {
    loops.forEach(loop -> loop.post(() -> loop.known().put(descriptor)));
  }

  void unpublish(RangeId range) {
    loops.forEach(loop -> loop.post(() -> loop.known().remove(range)));
  }

  /// The disk failed: the store serves no more. Callable from any stage.
  void fail(RuntimeException cause) {
    env.events().emit(new StoreEvent.StoreFailed(env.store(), cause));
    loops.forEach(loop -> loop.post(() -> loop.stop("the store's disk failed: " + cause)));
    desk.stop();
  }
}
