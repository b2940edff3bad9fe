/// Wiring a node: one process with an address, one store folder, and its place in a fleet.
///
/// Here, and nowhere else, the production parts meet: event loops, RocksDB, Netty, the store, the
/// range machines, the placement client. Nothing here decides; it connects. Words defined here:
/// *founding* (the first start of a new fleet's first node) and *joining* (of every other one).
@NullMarked
package io.flotilla.engine.node;

import org.jspecify.annotations.NullMarked;
