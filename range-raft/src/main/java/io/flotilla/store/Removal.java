package io.flotilla.store;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorage.Tombstone;
import io.flotilla.spi.StateStorage.StoredRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Destroying a replica and what it leaves behind.
final class Removal {
  /*
   * 1. The state is flushed: other ranges' state may be explained by this log alone (the right
   *    half of a split that would have to be replayed).
   * 2. The log gets the tombstone, durably, which drops the group's entries. From here on the
   *    replica never comes back; but the tombstone can still say how far it had come (Arrivals).
   * 3. The data is cleared, then descriptor and applied entry go, in this order: a restart in
   *    between finds the descriptor beside the tombstone and begins again at 3.
   * 4. Only then does the store give up its claim to the span.
   *
   * The tombstone of an empty replica also says the term that it had come to, or the next if it
   * voted in that, in the same write that drops its hard state: it may come again. From then until
   * the log has the new one's hard state, this is all that keeps it from voting in a term in which
   * it may have voted.
   */
  private final StoreCore core;
  private final StoreLoop loop;
  private final RangeId range;
  private final @Nullable Tombstone tombstone;
  private final @Nullable RangeDescriptor descriptor;

  private Removal(
      StoreCore core,
      StoreLoop loop,
      RangeId range,
      @Nullable Tombstone tombstone,
      @Nullable RangeDescriptor descriptor) {
    this.core = core;
    this.loop = loop;
    this.range = range;
    this.tombstone = tombstone;
    this.descriptor = descriptor;
  }

  /// Destroys a replica that lives.
  static void begin(StoreCore core, StoreLoop loop, RangeReplica replica) {
    Tombstone tombstone = new Tombstone(replica.peer(), replica.applied(), 0);
    end(core, loop, replica, tombstone);
    RangeDescriptor descriptor = replica.descriptorOrNull();
    new Removal(core, loop, replica.id(), tombstone, descriptor).flushState();
  }

  /// Destroys a replica that lives and has no state. The same peer may come again, in a term in
  /// which it has not voted; those before it never will.
  static void ofEmpty(StoreCore core, StoreLoop loop, RangeReplica replica) {
    long before = replica.peer().value() - 1;
    if (before == 0) {
      begin(core, loop, replica);
      return;
    }
    Tombstone tombstone = new Tombstone(new PeerId(before), EntryId.ZERO, replica.termBehind());
    end(core, loop, replica, tombstone);
    new Removal(core, loop, replica.id(), tombstone, null).flushState();
  }

  private static void end(
      StoreCore core, StoreLoop loop, RangeReplica replica, Tombstone tombstone) {
    loop.end(
        replica,
        "the replica of range " + replica.id() + " was removed from store " + loop.store(),
        new Refusal.NoReplica(replica.id()));
    loop.drop(replica);
    loop.arrivals().bury(replica.id(), tombstone);
    loop.arrivals().beginRemoval(replica.id());
    core.desk().forget(replica.id());
    core.unpublish(replica.id());
  }

  /// Destroys what a start found of a replica whose applied descriptor has no place for it.
  static void ofStored(StoreCore core, StoreLoop loop, StoredRange stored, PeerId peer) {
    RangeDescriptor descriptor = stored.descriptor();
    Tombstone tombstone = new Tombstone(peer, stored.applied(), 0);
    loop.arrivals().bury(descriptor.id(), tombstone);
    loop.arrivals().beginRemoval(descriptor.id());
    new Removal(core, loop, descriptor.id(), tombstone, descriptor).flushState();
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
          .write(new GroupWrite(range, null, null, List.of(), null, null, tombstone), this::clear);
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
    boolean hadState = descriptor != null;
    core.withClaims(claims -> {
      if (hadState) {
        claims.release(range);
      } else {
        claims.unreserve(range);
      }
    });
    loop.arrivals().endRemoval(range);
    if (tombstone != null && hadState) {
      PeerId peer = tombstone.peer();
      core.env().events().emit(new StoreEvent.ReplicaRemoved(loop.store(), range, peer));
    }
  }
}
