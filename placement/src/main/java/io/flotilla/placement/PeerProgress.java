package io.flotilla.placement;

import io.flotilla.keyspace.PeerId;

/// How far a follower is, as its leader knows.
///
/// @param match the last index known to be in its log
/// @param active heard from within the last election timeout
public record PeerProgress(PeerId peer, long match, boolean active) {}
