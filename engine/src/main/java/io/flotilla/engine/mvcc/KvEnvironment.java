package io.flotilla.engine.mvcc;

import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage;

/// What all ranges on one store loop share.
///
/// @param room what the disks still allow
public record KvEnvironment(
    EventLoop loop,
    StateStorage state,
    ReadPool readPool,
    TimestampBatcher timestamps,
    HotKeys hotKeys,
    WriteRoom room,
    KvOptions options) {
  public KvEnvironment(
      EventLoop loop,
      StateStorage state,
      ReadPool readPool,
      TimestampBatcher timestamps,
      WriteRoom room,
      KvOptions options) {
    this(loop, state, readPool, timestamps, new HotKeys(options.hotBytesMax()), room, options);
  }

  /// So many versions must have been written before a range is collected.
  long garbageVersionsMin() {
    return room.isScarce() ? 1 : options.garbageVersionsMin();
  }
}
