package io.flotilla.store;

import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.RangeMachine;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.SnapshotStorage;
import io.flotilla.spi.StateStorage;
import java.util.List;

/// Everything a store meets the world through. Whoever makes it owns it: a store closes none of it.
///
/// @param loops the store loops, at least one; a range belongs to one of them by its id
/// @param logLoop writes the log; nothing else should run on it
/// @param applyLoop applies to the state; nothing else should run on it
/// @param readLoop reads older parts of the log; may block
/// @param bulkLoop snapshots, flushes, clearing; may block for long
/// @param room what the disk still allows
/// @param network what it receives goes to [Store#onMessages] and [Store#onSnapshot]
public record StoreEnvironment(
    StoreId store,
    List<EventLoop> loops,
    EventLoop logLoop,
    EventLoop applyLoop,
    EventLoop readLoop,
    EventLoop bulkLoop,
    Clock clock,
    RandomSource random,
    LogStorage log,
    StateStorage state,
    SnapshotStorage snapshots,
    DiskRoom room,
    PeerNetwork network,
    EventSink events,
    RangeMachine.Factory machines,
    StoreOptions options) {
  public StoreEnvironment {
    loops = List.copyOf(loops);
    if (loops.isEmpty()) {
      throw new IllegalArgumentException("a store needs at least one loop");
    }
  }
}
