package io.flotilla.engine.node;

import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.StorageException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Disks of 100 GiB that are as full as a test says, one for each folder.
final class FakeGauges implements Function<Path, DiskGauge> {
  static final long MIB = 1L << 20;
  private static final long TOTAL_BYTES = 100L << 30;

  private final Map<String, FakeGauge> gauges = new ConcurrentHashMap<>();

  static final class FakeGauge implements DiskGauge {
    private volatile long freeBytes = TOTAL_BYTES / 2;
    private volatile boolean broken;

    void setFree(long bytes) {
      freeBytes = bytes;
    }

    void setBroken(boolean isBroken) {
      broken = isBroken;
    }

    @Override
    public Space look() {
      if (broken) {
        throw new StorageException("the gauge is broken");
      }
      return new Space(freeBytes, TOTAL_BYTES);
    }
  }

  /// The gauge of the folder of that name.
  FakeGauge of(String folder) {
    return gauges.computeIfAbsent(folder, _ -> new FakeGauge());
  }

  @Override
  public DiskGauge apply(Path folder) {
    return of(folder.getFileName().toString());
  }
}
