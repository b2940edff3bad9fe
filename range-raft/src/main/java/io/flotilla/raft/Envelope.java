package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;

/// A message and the peer it goes to.
public record Envelope(PeerId to, Message message) {}
