package io.flotilla.engine.rocks;

/// How a store uses its disk and its native memory.
///
/// @param memoryBytes ceiling of native memory: block cache and memtables of both databases
///   together
/// @param logMemtableBytes size of one memtable, and so about of one write-ahead file, of the log.
///   Better larger than the state's: an entry may go once the state that it led to is in a table,
///   and one that goes before its memtable is full is never written to a table itself
/// @param stateMemtableBytes size of one memtable of the state
/// @param unsafeNoFsync never waits for the disk: a power cut loses acknowledged writes. For
///   measuring only
public record RocksOptions(
    long memoryBytes, long logMemtableBytes, long stateMemtableBytes, boolean unsafeNoFsync) {
  private static final long MEMORY_BYTES_MIN = 16 << 20;

  public static final RocksOptions DEFAULT =
      new RocksOptions(512L << 20, 128L << 20, 64L << 20, false);

  public RocksOptions {
    if (memoryBytes < MEMORY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "a store needs " + MEMORY_BYTES_MIN + " bytes of native memory, got " + memoryBytes);
    }
    if (logMemtableBytes < 1 << 20 || stateMemtableBytes < 1 << 20) {
      throw new IllegalArgumentException("a memtable has 1 MiB or more");
    }
    if (logMemtableBytes + stateMemtableBytes > memoryBytes) {
      throw new IllegalArgumentException(
          "memtables of "
              + logMemtableBytes
              + " and "
              + stateMemtableBytes
              + " bytes do not fit under the ceiling of "
              + memoryBytes);
    }
  }

  public RocksOptions withUnsafeNoFsync(boolean unsafe) {
    return new RocksOptions(memoryBytes, logMemtableBytes, stateMemtableBytes, unsafe);
  }

  /// The size of a table file of the state. A compaction needs room for some ten of them, so they
  /// are small where memtables are: such a store is on a small disk.
  public long stateTableBytes() {
    return Math.min(32L << 20, stateMemtableBytes);
  }

  /// The same proportions under another ceiling.
  public RocksOptions withMemoryBytes(long bytes) {
    long memtable = Math.clamp(bytes / 8, 1 << 20, 64 << 20);
    return new RocksOptions(bytes, 2 * memtable, memtable, unsafeNoFsync);
  }
}
