package io.flotilla.store;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.GroupStart;
import io.flotilla.raft.HardState;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.membership.Membership;
import io.flotilla.replica.AppliedBatch.CommandEffect.SplitDone;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaStart;
import io.flotilla.replica.split.SplitPlan;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.StateStorage.StoredRange;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a replica comes up with, for each way in which it can come.
final class ReplicaStarts {
  private static final Membership NOBODY = new Membership(List.of(), List.of(), List.of());

  private ReplicaStarts() {}

  /// One that knows nothing, not even its members, so it never campaigns.
  ///
  /// @param had the term of one that was here and is forgotten; null: none was
  static RangeReplica empty(
      StoreCore core, StoreLoop loop, RangeId range, PeerId peer, @Nullable HardState had) {
    // It may have answered a leader's beats before a crash, and have written nothing yet.
    boolean mayHavePromised = loop.ticks().isYoung();
    HardState initial = had == null ? HardState.INITIAL : had;
    GroupStart start =
        new GroupStart(initial, EntryId.ZERO, List.of(), 0, 0, NOBODY, mayHavePromised);
    return make(core, loop, range, peer, start, EntryId.ZERO, false, null);
  }

  /// One that knew nothing yet when its store stopped.
  static RangeReplica emptyStored(StoreCore core, StoreLoop loop, StoredGroup group, PeerId peer) {
    GroupStart start =
        new GroupStart(group.hardState(), EntryId.ZERO, List.of(), 0, 0, NOBODY, true);
    return make(core, loop, group.range(), peer, start, EntryId.ZERO, true, null);
  }

  /// One with a state and, unless it has promised nothing yet, a log.
  static RangeReplica stored(
      StoreCore core, StoreLoop loop, StoredRange range, @Nullable StoredGroup group, PeerId peer) {
    RangeDescriptor descriptor = range.descriptor();
    if (group != null && !group.isEmpty()) {
      return withLog(core, loop, descriptor, peer, range.applied(), group);
    }
    // It may have been here, and be forgotten or not, before a split made it anew.
    HardState had = group != null ? group.hardState() : loop.arrivals().forgotten(descriptor.id());
    return fresh(core, loop, descriptor, peer, range.applied(), had);
  }

  /// The right half of a split.
  ///
  /// @param stored its log from before a crash, which the split being replayed must not touch
  /// @param had the term and the vote of a replica that waited for a snapshot here, or the term of
  ///   one that is forgotten; null: none did
  static RangeReplica rightHalf(
      StoreCore core,
      StoreLoop loop,
      SplitDone split,
      PeerId peer,
      @Nullable StoredGroup stored,
      @Nullable HardState had) {
    RangeDescriptor right = split.right();
    EntryId first = split.rightStart();
    if (stored != null && peer.equals(stored.peer())) {
      return withLog(core, loop, right, peer, first, stored);
    }
    return fresh(core, loop, right, peer, first, had);
  }

  private static RangeReplica fresh(
      StoreCore core,
      StoreLoop loop,
      RangeDescriptor descriptor,
      PeerId peer,
      EntryId first,
      @Nullable HardState had) {
    HardState initial = SplitPlan.hardStateAt(first);
    HardState kept = had == null || had.term() < initial.term() ? initial : had;
    Membership membership = Membership.of(descriptor);
    // It may have answered a leader's beats before a crash, and have written nothing yet.
    boolean mayHavePromised =
        had != null || loop.ticks().isYoung() && membership.voters().size() > 1;
    GroupStart start = startAt(first, kept, membership, mayHavePromised);
    return make(core, loop, descriptor.id(), peer, start, first, false, descriptor);
  }

  private static GroupStart startAt(
      EntryId first, HardState hardState, Membership membership, boolean restored) {
    return new GroupStart(
        hardState, first, List.of(), first.index(), first.index(), membership, restored);
  }

  private static RangeReplica withLog(
      StoreCore core,
      StoreLoop loop,
      RangeDescriptor descriptor,
      PeerId peer,
      EntryId applied,
      StoredGroup group) {
    GroupStart start =
        new GroupStart(
            group.hardState(),
            group.compacted(),
            group.termStarts(),
            group.lastIndex(),
            applied.index(),
            Membership.of(descriptor),
            true);
    return make(core, loop, descriptor.id(), peer, start, applied, true, descriptor);
  }

  private static RangeReplica make(
      StoreCore core,
      StoreLoop loop,
      RangeId range,
      PeerId peer,
      GroupStart start,
      EntryId applied,
      boolean logged,
      @Nullable RangeDescriptor descriptor) {
    RandomGenerator random = core.env().random().fork("range " + range + " peer " + peer);
    RaftGroup group = new RaftGroup(core.env().options().replica().raft(), peer, start, random);
    return new RangeReplica(
        loop.host(),
        new ReplicaStart(
            range, peer, group, start.hardState(), start.compacted(), applied, logged, descriptor));
  }
}
