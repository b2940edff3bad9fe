<<<<<<< HEAD
/// Wiring a node: one process with an address, one store folder, and its place in a fleet.
///
/// Here, and nowhere else, the production parts meet: event loops, RocksDB, Netty, the store, the range
/// machines, the placement client. Nothing here decides; it connects. Words defined here: *founding* (the
/// first start of a new fleet's first node) and *joining* (of every other one).
=======
/// Wiring a node: one process with one address and one store.
///
/// What a program or the command line starts a node with, and what it can ask a running one.
>>>>>>> main
@NullMarked
package io.flotilla.engine.node;

import org.jspecify.annotations.NullMarked;
