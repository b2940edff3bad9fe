package io.flotilla.raft;

import io.flotilla.raft.membership.Membership;
import java.util.List;

/// What a peer comes up with: an empty one, one from disk, or the right half of a split.
///
/// @param hardState as it was last made durable
/// @param compacted the last entry that is no longer in the log, [EntryId#ZERO] if none was dropped
/// @param termStarts for each term in the log, ascending, the (term, first index) of it: the terms
///   of all entries, without the entries
/// @param lastIndex of the durable log; `compacted.index()` when the log is empty
/// @param applied index up to which the state has the entries: at least `compacted.index()`
/// @param membership as of `applied`
/// @param restored true for a peer that ran before (it may have heard a leader just before it
///   stopped): it grants no votes until an election timeout has passed
public record GroupStart(
    HardState hardState,
    EntryId compacted,
    List<EntryId> termStarts,
    long lastIndex,
    long applied,
    Membership membership,
    boolean restored) {}
