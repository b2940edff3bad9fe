package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.quorum.VoteTally;
import org.jspecify.annotations.Nullable;

/// Asks whether a campaign could be won before it raises anybody's term (thesis, section 9.6).
final class PreCandidate implements Role {
  final VoteTally tally = new VoteTally();

  @Override
  public RoleKind kind() {
    return RoleKind.PRE_CANDIDATE;
  }

  @Override
  public @Nullable PeerId leader() {
    return null;
  }
}
