package io.flotilla.engine;

import org.jspecify.annotations.Nullable;

/// How to walk.
///
/// @param reverse from the last key to the first
/// @param limit the most entries, 0: no limit
/// @param snapshot null: one taken when the scan starts
/// @param pageBytes about how much one request brings, in bytes
public record ScanOptions(boolean reverse, long limit, @Nullable Snapshot snapshot, int pageBytes) {
  public static final ScanOptions FORWARD = new ScanOptions(false, 0, null, 256 << 10);
  public static final ScanOptions REVERSE = new ScanOptions(true, 0, null, 256 << 10);

  public ScanOptions {
    if (limit < 0 || pageBytes < 1) {
      throw new IllegalArgumentException("limit must not be negative, pageBytes at least 1");
    }
  }

  public ScanOptions withLimit(long newLimit) {
    return new ScanOptions(reverse, newLimit, snapshot, pageBytes);
  }

  public ScanOptions at(Snapshot newSnapshot) {
    return new ScanOptions(reverse, limit, newSnapshot, pageBytes);
  }
}
