package io.flotilla.spi;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;

/// What a store may still put on its disk, as of the last look at it. Callable from any thread;
/// never blocks.
public interface DiskRoom {
  /// A disk that never runs full.
  DiskRoom ENDLESS =
      new DiskRoom() {
        @Override
        public DiskStage stage() {
          return DiskStage.ROOMY;
        }

        @Override
        public boolean takes(RangeId range, Entry entry) {
          return true;
        }

        @Override
        public boolean takesSnapshot(long bytes) {
          return true;
        }

        @Override
        public boolean isFull(StoreId store) {
          return false;
        }
      };

  DiskStage stage();

  /// False if an entry of a leader elsewhere is to be left until there is room: it adds data, and
  /// the disk is full. To the leader that is a lost message, which it sends again.
  boolean takes(RangeId range, Entry entry);

  /// False if there is no room to receive and install snapshots of so many bytes together.
  boolean takesSnapshot(long bytes);

  /// True if `store` is known to have no room for a snapshot: none need be cut for it.
  boolean isFull(StoreId store);
}
