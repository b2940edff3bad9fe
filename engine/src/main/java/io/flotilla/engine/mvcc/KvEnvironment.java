package io.flotilla.engine.mvcc;

import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage;

/// What all ranges on one store loop share.
public record KvEnvironment(
    EventLoop loop,
    StateStorage state,
    ReadPool readPool,
    TimestampBatcher timestamps,
    HotKeys hotKeys,
    KvOptions options) {
  public KvEnvironment(
      EventLoop loop,
      StateStorage state,
      ReadPool readPool,
      TimestampBatcher timestamps,
      KvOptions options) {
    this(loop, state, readPool, timestamps, new HotKeys(options.hotBytesMax()), options);
  }
}
