package io.flotilla.sim.node;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.sim.SimSnapshotStorage;
import io.flotilla.spi.SnapshotStorage;
import java.util.BitSet;
import java.util.List;

/// Snapshots between whose operations the power may be cut, and whose images are compared with the
/// state of other replicas as soon as they are installed.
final class WatchedSnapshots implements SnapshotStorage {
  private final SimSnapshotStorage inner;
  private final WatchedState state;
  private final Power power;

  /// @param state of the same life
  WatchedSnapshots(SimSnapshotStorage inner, WatchedState state, Power power) {
    this.inner = inner;
    this.state = state;
    this.power = power;
  }

  @Override
  public SnapshotManifest cut(RangeId range) {
    power.operation();
    return inner.cut(range);
  }

  @Override
  public byte[] readChunk(SnapshotId id, int chunk) {
    power.operation();
    return inner.readChunk(id, chunk);
  }

  @Override
  public void release(SnapshotId id) {
    inner.release(id);
  }

  @Override
  public BitSet stage(SnapshotManifest manifest) {
    power.operation();
    return inner.stage(manifest);
  }

  @Override
  public void writeChunk(SnapshotId id, int chunk, byte[] data) {
    power.operation();
    inner.writeChunk(id, chunk, data);
  }

  @Override
  public void install(SnapshotManifest manifest, List<RangeDescriptor> clear) {
    power.operation();
    inner.install(manifest, clear);
    state.installed(manifest.descriptor());
  }

  @Override
  public List<SnapshotManifest> staged() {
    power.operation();
    return inner.staged();
  }

  @Override
  public void discard(SnapshotId id) {
    power.operation();
    inner.discard(id);
  }

  @Override
  public void close() {
    inner.close();
  }
}
