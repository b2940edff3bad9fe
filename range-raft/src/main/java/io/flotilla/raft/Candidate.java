package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.quorum.VoteTally;
import org.jspecify.annotations.Nullable;

/// Campaigns in its term (paper, section 5.2). Its own vote is in the tally once it is durable.
final class Candidate implements Role {
  final VoteTally tally = new VoteTally();

  @Override
  public RoleKind kind() {
    return RoleKind.CANDIDATE;
  }

  @Override
  public @Nullable PeerId leader() {
    return null;
  }
}
