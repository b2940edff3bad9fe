package io.flotilla.raft.quorum;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.ArrayList;
import java.util.List;

/// The answers to one campaign. A peer's first answer counts; repeats change nothing.
public final class VoteTally {
  private final List<PeerId> granted = new ArrayList<>(4);
  private final List<PeerId> refused = new ArrayList<>(4);

  /// How a campaign stands.
  public enum Outcome {
    PENDING,
    WON,
    /// A quorum cannot be had any more.
    LOST
  }

  public void record(PeerId peer, boolean grants) {
    if (!granted.contains(peer) && !refused.contains(peer)) {
      (grants ? granted : refused).add(peer);
    }
  }

  /// How the campaign stands in this membership; answers of peers that are no voters of it count
  /// nothing.
  public Outcome outcome(Membership membership) {
    if (Quorum.has(membership, granted::contains)) {
      return Outcome.WON;
    }
    boolean possible = Quorum.has(membership, peer -> !refused.contains(peer));
    return possible ? Outcome.PENDING : Outcome.LOST;
  }
}
