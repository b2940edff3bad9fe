package io.flotilla.engine.mvcc;

/// How ranges keep and collect versions, and what one loop takes on.
///
/// @param hotBytesMax the most bytes of values kept in the heap for reads, 0: none
/// @param inlineKeysMax a multi-get of more keys than this goes to the read pool at once
/// @param pageBytesMax the largest page of a scan, in bytes
/// @param garbageVersionsMin so many versions must have been written before a range is collected
/// @param garbageSliceVersions the most versions looked at before the collector pauses
/// @param garbagePauseMillis the pause between two slices, over all ranges of a loop
/// @param garbagePollMillis how often the collector looks for a range that is due
public record KvOptions(
    long hotBytesMax,
    int inlineKeysMax,
    int pageBytesMax,
    int garbageVersionsMin,
    int garbageSliceVersions,
    long garbagePauseMillis,
    long garbagePollMillis) {
  public static final KvOptions DEFAULT =
      new KvOptions(hotBytesDefault(), 16, 1 << 20, 5_000, 4_000, 10, 1_000);

  public KvOptions {
    if (hotBytesMax < 0
        || inlineKeysMax < 0
        || pageBytesMax < 1
        || garbageVersionsMin < 1
        || garbageSliceVersions < 2
        || garbagePauseMillis < 0
        || garbagePollMillis < 1) {
      throw new IllegalArgumentException("an option is out of bounds in " + this);
    }
  }

  /// For one loop; a node with several has several times that.
  private static long hotBytesDefault() {
    return Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 8);
  }
}
