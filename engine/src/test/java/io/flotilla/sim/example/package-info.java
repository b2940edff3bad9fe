/// How a test of code that uses an engine looks, with a simulated fleet: from outside.
///
/// What it needs of other packages is public there, and in the test-jars of engine and range-raft.
@NullMarked
package io.flotilla.sim.example;

import org.jspecify.annotations.NullMarked;
