package io.flotilla.store;

import io.flotilla.spi.DiskStage;

/// When a disk counts as nearly full: bytes that must stay free, and the ballast. Zeros turn all of
/// it off.
///
/// *Room* is what would be free if the whole ballast lay on the disk, so that dropping the ballast
/// and making it again moves no stage. Only the last stage looks at what is really free. Each stage
/// ends a quarter above where it begins (the last one at twice that), so that nothing flaps.
///
/// @param lowBytes below so much room nothing that adds data is accepted
/// @param fullBytes below so much room nothing is taken from leaders elsewhere either, and the
///   ballast goes
/// @param ballastBytes of the file that is given up when the disk is full
public record DiskLimits(long lowBytes, long fullBytes, long ballastBytes) {
  public static final DiskLimits NONE = new DiskLimits(0, 0, 0);

  private static final long MIB = 1L << 20;
  private static final long LOW_MOST = 1024 * MIB;
  private static final long BALLAST_MOST = 256 * MIB;
  private static final long TABLES_KEPT = 24;
  private static final long TABLES_FLUSHED = 4;

  public DiskLimits {
    if (fullBytes < 0 || ballastBytes < 0 || lowBytes < fullBytes) {
      throw new IllegalArgumentException(
          "need 0 <= full <= low and a ballast of 0 or more, got low "
              + lowBytes
              + ", full "
              + fullBytes
              + ", ballast "
              + ballastBytes);
    }
  }

  /// What fits a volume of `totalBytes`: a tenth of it up to 1 GiB is kept free, but no less than
  /// compactions under way may still take, some ten table files each, up to half of the volume. The
  /// disk is full at a quarter of what is kept. The ballast is one percent, but no less than
  /// flushes need at once, up to a tenth of the volume and to 256 MiB.
  ///
  /// @param tableBytes of one table file of the state
  public static DiskLimits of(long totalBytes, long tableBytes) {
    long low = Math.min(totalBytes / 10, LOW_MOST);
    long least = Math.min(TABLES_KEPT * tableBytes, totalBytes / 2);
    long kept = Math.max(low, least);
    long flushes = Math.min(TABLES_FLUSHED * tableBytes, totalBytes / 10);
    long ballast = Math.min(Math.max(totalBytes / 100, flushes), BALLAST_MOST);
    return new DiskLimits(kept, kept / 4, ballast);
  }

  /// The stage after one more look.
  ///
  /// @param owedBytes of the ballast that are not on the disk
  public DiskStage stage(DiskStage before, long freeBytes, long owedBytes) {
    long room = Math.max(0, freeBytes - owedBytes);
    if (isBelow(freeBytes, fullBytes / 4, fullBytes / 2, before == DiskStage.EXHAUSTED)) {
      return DiskStage.EXHAUSTED;
    }
    if (isBelow(room, fullBytes, above(fullBytes), before.isAtLeast(DiskStage.FULL))) {
      return DiskStage.FULL;
    }
    return isBelow(room, lowBytes, above(lowBytes), before.isAtLeast(DiskStage.LOW))
        ? DiskStage.LOW
        : DiskStage.ROOMY;
  }

  /// What must be free for data to be taken again, once it is not.
  public long roomyFromBytes(long owedBytes) {
    return above(lowBytes) + owedBytes;
  }

  private static boolean isBelow(long bytes, long enter, long leave, boolean inside) {
    return bytes < (inside ? leave : enter);
  }

  private static long above(long bytes) {
    return bytes + bytes / 4;
  }
}
