/// Wiring a node: one process with one address and one store.
///
/// What a program or the command line starts a node with, and what it can ask a running one.
@NullMarked
package io.flotilla.engine.node;

import org.jspecify.annotations.NullMarked;
