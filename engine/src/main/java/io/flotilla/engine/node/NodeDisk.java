package io.flotilla.engine.node;

import io.flotilla.spi.LogStorage;
import io.flotilla.spi.SnapshotStorage;
import io.flotilla.spi.StateStorage;

/// The disk of a node's store. Whoever opened it closes it.
///
/// @param room what is left on it, for all who must heed that
record NodeDisk(LogStorage log, StateStorage state, SnapshotStorage snapshots, StoreDisk room) {}
