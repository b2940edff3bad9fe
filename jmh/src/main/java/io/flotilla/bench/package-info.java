/// Micro-benchmarks: one class for each question, each against the floor underneath it where there
/// is one (raw RocksDB, a bare loopback).
///
/// May see every package of the house; nothing sees this one. Defaults are short, so that all
/// together are a matter of minutes; docs/performance.md has the commands and the figures.
@NullMarked
package io.flotilla.bench;

import org.jspecify.annotations.NullMarked;
