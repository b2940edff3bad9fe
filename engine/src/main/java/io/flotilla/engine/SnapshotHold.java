package io.flotilla.engine;

/// Keeps a snapshot readable for longer than the fleet's retention time, until it is closed or the
/// snapshot reaches the fleet's maximum age (an hour unless configured). Old versions of the whole
/// fleet stay on its disks meanwhile, so close it when done.
///
/// Thread-safe. A process that dies takes its holds along within a minute.
public interface SnapshotHold extends AutoCloseable {
  Snapshot snapshot();

  @Override
  void close();
}
