package io.flotilla.cli.bench;

import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.engine.Limits;
import java.time.Duration;

/// What is measured.
///
/// @param ranges how many ranges the keys are cut into beforehand; 0: as they are
record BenchPlan(
    Workload workload,
    int clients,
    Duration warmup,
    Duration duration,
    long keys,
    int valueBytes,
    int scanLength,
    int ranges) {
  BenchPlan {
    require(clients >= 1 && clients <= 65_536, "--clients must be 1 to 65536");
    require(keys >= 1 && keys <= BenchKeys.KEYS_MAX, "--keys must be 1 to 10000000000");
    require(
        valueBytes >= 0 && valueBytes <= Limits.VALUE_BYTES_MAX,
        "--value-bytes must be 0 to " + Limits.VALUE_BYTES_MAX);
    require(scanLength >= 1, "--scan-length must be at least 1");
    require(ranges >= 0 && ranges <= keys, "--ranges must be 0 to the number of keys");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new WrongUsage(rule);
    }
  }
}
