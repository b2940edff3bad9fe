package io.flotilla.bench;

/// Where the keys lie that are read. Both are in memory; the second is what a store that has run
/// for a while has.
public enum Where {
  MEMTABLE,
  /// In table files, all of whose blocks are cached.
  TABLES
}
