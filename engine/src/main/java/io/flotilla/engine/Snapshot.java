package io.flotilla.engine;

import io.flotilla.keyspace.Timestamp;

/// A moment of the fleet at which everything can be read consistently.
public record Snapshot(Timestamp timestamp) {}
