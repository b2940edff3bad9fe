package io.flotilla.store;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.LogStorage.GroupWrite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Destroying a replica and what it leaves behind.
final class Removal {
  /*
   * 1. The state is flushed: other ranges' state may be explained by this log alone (the right
   *    half of a split that would have to be replayed).
   * 2. The log gets the tombstone, durably, which drops the group's entries. From here on the
   *    replica never comes back.
   * 3. The data is cleared, then descriptor and applied entry go, in this order: a restart in
   *    between finds the descriptor beside the tombstone and begins again at 3.
   * 4. Only then does the store give up its claim to the span.
   */
  private final StoreCore core;
  private final StoreLoop loop;
  private final RangeId range;
  private final @Nullable PeerId peer;
  private final @Nullable RangeDescriptor descriptor;

  private Removal(
      StoreCore core,
      StoreLoop loop,
      RangeId range,
      @Nullable PeerId peer,
      @Nullable RangeDescriptor descriptor) {
    this.core = core;
    this.loop = loop;
    this.range = range;
    this.peer = peer;
    this.descriptor = descriptor;
  }

  /// Destroys a replica that lives.
  static void begin(StoreCore core, StoreLoop loop, RangeReplica replica) {
    RangeDescriptor descriptor = replica.descriptorOrNull();
    loop.end(
        replica,
        "the replica of range " + replica.id() + " was removed from store " + loop.store(),
        new Refusal.NoReplica(replica.id()));
    loop.drop(replica);
    loop.arrivals().bury(replica.id(), replica.peer());
    loop.arrivals().beginRemoval(replica.id());
    loop.arrivals().leave(replica.id(), replica.applied());
    core.desk().forget(replica.id());
    core.unpublish(replica.id());
    new Removal(core, loop, replica.id(), replica.peer(), descriptor).flushState();
  }

  /// Destroys what a start found of a replica whose applied descriptor has no place for it.
  static void ofStored(StoreCore core, StoreLoop loop, RangeDescriptor stored, PeerId peer) {
    loop.arrivals().bury(stored.id(), peer);
    loop.arrivals().beginRemoval(stored.id());
    new Removal(core, loop, stored.id(), peer, stored).flushState();
  }

  /// Clears what is left of a replica that has its tombstone.
  static void ofBuried(StoreCore core, StoreLoop loop, RangeDescriptor stored) {
    loop.arrivals().beginRemoval(stored.id());
    new Removal(core, loop, stored.id(), null, stored).clear();
  }

  private void flushState() {
    core.applier()
        .submit(
            List.of(
                new Applier.Job.Then(() ->
                    core.bulk(() -> {
                      core.env().state().flush();
                      loop.post(this::writeTombstone);
                    }))));
  }

  private void writeTombstone() {
    if (loop.isRunning()) {
      loop.handOut()
          .write(new GroupWrite(range, null, null, List.of(), null, null, peer), this::clear);
    }
  }

  private void clear() {
    RangeDescriptor stored = descriptor;
    if (stored == null) {
      finish();
      return;
    }
    core.bulk(() -> {
      core.env().state().clear(stored);
      core.applier().remove(stored, EntryId.ZERO, () -> loop.post(this::finish));
    });
  }

  private void finish() {
    core.withClaims(claims -> claims.release(range));
    loop.arrivals().endRemoval(range);
    if (peer != null) {
      core.env().events().emit(new StoreEvent.ReplicaRemoved(loop.store(), range, peer));
    }
  }
}
