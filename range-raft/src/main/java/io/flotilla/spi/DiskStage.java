package io.flotilla.spi;

/// How much a store's disk still allows: each stage less than the one before.
public enum DiskStage {
  /// Everything.
  ROOMY,

  /// Nothing that adds data: puts are refused here and snapshots are not received. What frees room
  /// works (deletes, collection of old versions, removal of replicas), and what keeps the fleet
  /// going (elections, transfers, membership). Entries of leaders elsewhere are still taken.
  LOW,

  /// As above, and entries of leaders elsewhere that add data are left until there is room.
  FULL,

  /// As above, and deletes are refused as well: the rest is for flushes and compaction, by which
  /// room may come back.
  EXHAUSTED;

  /// True from this stage on and beyond.
  public boolean isAtLeast(DiskStage other) {
    return compareTo(other) >= 0;
  }
}
