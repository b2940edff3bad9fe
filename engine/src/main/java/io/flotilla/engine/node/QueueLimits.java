package io.flotilla.engine.node;

/// How much may wait in the queues of each store loop's machines; more is refused as busy.
///
/// @param reads that are queued for the disk or running
/// @param timestamps writes and snapshot reads that wait for one, in round figures
record QueueLimits(int reads, int timestamps) {
  static final QueueLimits DEFAULT = new QueueLimits(4_096, 65_536);

  QueueLimits {
    if (reads < 1 || timestamps < 1) {
      throw new IllegalArgumentException("limits of queues: " + reads + " and " + timestamps);
    }
  }
}
