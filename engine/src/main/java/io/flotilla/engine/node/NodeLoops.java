package io.flotilla.engine.node;

import io.flotilla.spi.EventLoop;
import java.util.List;

/// The loops of a node, one for each stage that may wait for something else.
///
/// @param store the store loops
/// @param log writes the log
/// @param apply applies to the state
/// @param readers read what is not in memory
/// @param bulk snapshots, flushes, clearing
/// @param control reports, retries, and whatever else is rare
record NodeLoops(
    List<EventLoop> store,
    EventLoop log,
    EventLoop apply,
    List<EventLoop> readers,
    EventLoop bulk,
    EventLoop control) {
  NodeLoops {
    store = List.copyOf(store);
    readers = List.copyOf(readers);
  }
}
