package io.flotilla.engine.node;

import io.flotilla.spi.LogStorage;
import io.flotilla.spi.SnapshotStorage;
import io.flotilla.spi.StateStorage;
import java.util.function.LongSupplier;

/// The disk of a node's store. Whoever opened it closes it.
///
/// @param freeBytes what is left, in bytes; 0 if it cannot be told
record NodeDisk(
    LogStorage log, StateStorage state, SnapshotStorage snapshots, LongSupplier freeBytes) {}
