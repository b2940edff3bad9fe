package io.flotilla.engine;

/// What the engine accepts.
public final class Limits {
  /// The longest key, in bytes.
  public static final int KEY_BYTES_MAX = 4096;

  /// The largest value, in bytes.
  public static final int VALUE_BYTES_MAX = 1 << 20;

  /// The largest write batch, in bytes: the sum of its keys, its values, and
  /// [#WRITE_OVERHEAD_BYTES] for each of its writes.
  public static final int BATCH_BYTES_MAX = 4 << 20;

  /// What each write of a batch counts for beside its key and value: without it, millions of tiny
  /// writes would make a log entry that fits into no frame, and stop its range for ever.
  public static final int WRITE_OVERHEAD_BYTES = 32;

  private Limits() {}
}
