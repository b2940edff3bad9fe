/// RocksDB behind the storage ports, and the folder of a store: the only package that meets JNI.
///
/// One folder holds two databases, `log/` and `state/`, the files of snapshots, a lock and the
/// identity ([io.flotilla.engine.rocks.StoreFolder]). May use `keyspace`, `raft` and `spi`, and
/// nothing else of the house. Words defined here: *state key*, *version key*, *store identity*.
@NullMarked
package io.flotilla.engine.rocks;

import org.jspecify.annotations.NullMarked;
