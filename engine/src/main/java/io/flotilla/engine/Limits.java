package io.flotilla.engine;

/// What the engine accepts.
public final class Limits {
  /// The longest key, in bytes.
  public static final int KEY_BYTES_MAX = 4096;

  /// The largest value, in bytes.
  public static final int VALUE_BYTES_MAX = 1 << 20;

  /// The largest write batch: the sum of its keys and values, in bytes.
  public static final int BATCH_BYTES_MAX = 4 << 20;

  private Limits() {}
}
