package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.raft.RaftGroup;
import org.jspecify.annotations.Nullable;

/// What a replica comes up with.
///
/// @param group the core, made from the same log and state
/// @param hardState as it was last made durable, or what it starts from
/// @param compacted where the log starts
/// @param applied the last entry that the state has
/// @param logged true if the log has this group with this peer already
/// @param descriptor as of `applied`; null: there is no state yet
public record ReplicaStart(
    RangeId id,
    PeerId peer,
    RaftGroup group,
    HardState hardState,
    EntryId compacted,
    EntryId applied,
    boolean logged,
    @Nullable RangeDescriptor descriptor) {}
