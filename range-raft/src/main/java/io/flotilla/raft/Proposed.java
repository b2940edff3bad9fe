package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import org.jspecify.annotations.Nullable;

/// What became of a proposal at the moment it was made.
public sealed interface Proposed {
  /// It is in the leader's log; whether it commits is known when an entry at its index is applied.
  record Accepted(EntryId id) implements Proposed {}

  /// Definitely not proposed. `leader` null: unknown.
  record NotLeader(@Nullable PeerId leader) implements Proposed {}

  /// Definitely not proposed: limits are reached; try again a little later.
  record Busy(String limit) implements Proposed {}

  /// Definitely not proposed: not now (a change is under way, a transfer is, the term's first entry
  /// has not committed) or never (`reason` says).
  record Refused(String reason) implements Proposed {}
}
