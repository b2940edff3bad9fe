/// Micro-benchmarks: one class for each question, each against the floor underneath it where there
/// is one (raw RocksDB, a bare loopback).
///
/// May see every package of the house; nothing sees this one. The defaults of all together run in
/// about five minutes; docs/performance.md has the commands and what was measured.
@NullMarked
package io.flotilla.bench;

import org.jspecify.annotations.NullMarked;
