package io.flotilla.engine.node;

import io.flotilla.store.DiskLimits;

/// When a node takes its disk for full; each in bytes, or [#BY_VOLUME].
///
/// @param lowBytes when less is free, writes that add data are refused
/// @param fullBytes when less is free, nothing is taken from other stores either
/// @param ballastBytes of the file that is given up then; 0: none
public record DiskOptions(long lowBytes, long fullBytes, long ballastBytes) {
  /// What fits the volume.
  public static final long BY_VOLUME = -1;

  public static final DiskOptions DEFAULT = new DiskOptions(BY_VOLUME, BY_VOLUME, BY_VOLUME);

  /// The limits on a volume of `totalBytes`.
  ///
  /// @param tableBytes of one table file of the store's state
  /// @throws NodeStartException if the limits contradict each other
  DiskLimits limits(long totalBytes, long tableBytes) {
    DiskLimits fitting = DiskLimits.of(totalBytes, tableBytes);
    long low = lowBytes == BY_VOLUME ? Math.max(fitting.lowBytes(), fullBytes) : lowBytes;
    long full = fullBytes == BY_VOLUME ? low / 4 : fullBytes;
    if (full > low) {
      throw new NodeStartException(
          "option disk-full-bytes: " + full + " is above disk-low-bytes, " + low);
    }
    return new DiskLimits(
        low, full, ballastBytes == BY_VOLUME ? fitting.ballastBytes() : ballastBytes);
  }
}
