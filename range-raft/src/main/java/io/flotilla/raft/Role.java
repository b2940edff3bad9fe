package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import org.jspecify.annotations.Nullable;

/// What a peer is at the moment. What it knows only in that role lives in the role's object, and is
/// gone with it.
sealed interface Role permits Follower, PreCandidate, Candidate, Leader {
  RoleKind kind();

  /// Who leads in this term; null: unknown.
  @Nullable PeerId leader();
}
