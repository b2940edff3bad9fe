package io.flotilla.raft;

/// The roles of a peer, for observers. What a role knows lives in the role's own object.
public enum RoleKind {
  FOLLOWER,
  PRE_CANDIDATE,
  CANDIDATE,
  LEADER
}
