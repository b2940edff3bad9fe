package io.flotilla.raft;

/// Looks into what a group has promised, and changes nothing.
public final class PromiseLens {
  private PromiseLens() {}

  /// True if the peer might help somebody else than its leader to be elected now.
  public static boolean mayVote(RaftGroup group) {
    return !group.state().hearsLeader() && !group.state().withholdsVotes();
  }
}
