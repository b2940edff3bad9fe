package io.flotilla.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.cli.bench.Workload.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/// The parts of the benchmark that are functions: keys, /proc, the report.
final class BenchTest {
  @Test
  void keysHaveSixteenBytesAndSortByNumber() {
    assertEquals("bench/0000000042", new String(BenchKeys.key(42), StandardCharsets.US_ASCII));
    assertEquals(16, BenchKeys.key(BenchKeys.KEYS_MAX - 1).length);
  }

  @Test
  void cpuTimeIsUserPlusSystem() {
    String stat = "7 (a (b) c) S 1 7 7 0 -1 0 1 2 3 4 250 50 0 0 20 0 9 0 100 1 1";
    assertEquals(OptionalLong.of(3_000_000), ProcessCpu.micros(stat));
    assertEquals(OptionalLong.empty(), ProcessCpu.micros("7 (x) S"));
  }

  @Test
  void listeningSocketsOfThePorts() {
    List<String> table =
        List.of(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid ...",
            "   0: 0100007F:1004 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 111",
            "   1: 0100007F:1004 0100007F:9999 01 00000000:00000000 00:00000000 00000000 0 0 222",
            "   2: 0100007F:1005 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 333");
    assertEquals(List.of("socket:[111]"), LocalNodes.sockets(table, Set.of(4100)));
  }

  @Test
  void reportForPeople() {
    Histogram histogram = new Histogram(3);
    for (int i = 1; i <= 1_000; i++) {
      histogram.recordValue(i * 1_000L);
    }
    Map<Operation, Histogram> latencies = new EnumMap<>(Operation.class);
    latencies.put(Operation.PUT, histogram);
    BenchPlan plan =
        new BenchPlan(
            Workload.PUT, 1, Duration.ofSeconds(3), Duration.ofSeconds(2), 1_000, 256, 100, 0);
    BenchReport report =
        new BenchReport(
            plan,
            Duration.ofSeconds(2),
            new Driver.Seen(latencies, Map.of("busy", 3L)),
            new CpuMeter.Spent(9_000, 21_000, 3),
            new BenchReport.FleetFacts(3, 16, "fsync, lease reads"));
    assertEquals(
        """
        workload    put, 1 client, 2.0 s after 3.0 s of warm-up
        data        1,000 keys of 16 bytes, values of 256 bytes, 16 ranges on 3 stores
        durability  fsync, lease reads
        ops/s       500
        put         p50 500 \u00B5s  p99 990 \u00B5s  p99.9 999 \u00B5s  max 1.0 ms
        errors      busy 3
        CPU         30.0 \u00B5s an operation over all processes (driver 9.0, 3 nodes 21.0)
        """,
        report.text());
    assertTrue(report.json() != null);
  }
}
