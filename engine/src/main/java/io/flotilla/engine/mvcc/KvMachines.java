package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.RangeMachine;

/// Makes the machines of one store loop's ranges of the ordered map.
public final class KvMachines implements RangeMachine.Factory {
  private final KvEnvironment environment;
  private final GarbageCollector collector;

  public KvMachines(KvEnvironment environment) {
    this.environment = environment;
    this.collector = new GarbageCollector(environment);
  }

  KvEnvironment environment() {
    return environment;
  }

  GarbageCollector collector() {
    return collector;
  }

  @Override
  public RangeMachine create(RangeId range, RangeAccess access) {
    return new KvMachine(access, this);
  }

  /// The placement driver told of its safe point; on the loop.
  public void onSafePoint(Timestamp told) {
    environment.timestamps().learnSafePoint(told);
  }

  /// Ends the collection of old versions; the loop is about to stop.
  public void stop() {
    collector.stop();
  }
}
