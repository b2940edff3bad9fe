package io.flotilla.raft.quorum;

import io.flotilla.keyspace.PeerId;

/// One number for each peer, such as how far it has the log.
@FunctionalInterface
public interface PeerValues {
  long of(PeerId peer);
}
