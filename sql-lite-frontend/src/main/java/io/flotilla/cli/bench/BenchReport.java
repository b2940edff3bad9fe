package io.flotilla.cli.bench;

import io.flotilla.cli.bench.Workload.Operation;
import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/// What came out, for people and for programs.
///
/// @param measured how long it was really measured
/// @param fleet the stores' durability settings, the number of stores and ranges
record BenchReport(
    BenchPlan plan, Duration measured, Driver.Seen seen, CpuMeter.Spent cpu, FleetFacts fleet) {
  /// What was measured against.
  record FleetFacts(long stores, long ranges, String durability) {}

  double perSecond() {
    return seen.operations() / Math.max(measured.toNanos() / 1e9, 1e-3);
  }

  double microsPerOperation(long micros) {
    return (double) micros / Math.max(seen.operations(), 1);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        workload    %s, %s, %s after %s of warm-up
        data        %s keys of 16 bytes, values of %s bytes, %s on %s
        durability  %s
        ops/s       %s
        """
            .formatted(
                plan.workload(),
                Human.plural(plan.clients(), "client"),
                Human.duration(measured),
                Human.duration(plan.warmup()),
                Human.count(plan.keys()),
                Human.count(plan.valueBytes()),
                Human.plural(fleet.ranges(), "range"),
                Human.plural(fleet.stores(), "store"),
                fleet.durability(),
                Human.count(Math.round(perSecond()))));
    seen.latencies().forEach((operation, histogram) -> text.append(line(operation, histogram)));
    text.append("errors      ").append(errors()).append('\n');
    text.append("CPU         ").append(cpuText()).append('\n');
    return text.toString();
  }

  private static String line(Operation operation, Histogram histogram) {
    return "%-10s  p50 %s  p99 %s  p99.9 %s  max %s%n"
        .replace("%n", "\n")
        .formatted(
            operation.name().toLowerCase(Locale.ROOT),
            at(histogram, 50),
            at(histogram, 99),
            at(histogram, 99.9),
            Human.duration(Duration.ofNanos(histogram.getMaxValue())));
  }

  private static String at(Histogram histogram, double percentile) {
    return Human.duration(Duration.ofNanos(histogram.getValueAtPercentile(percentile)));
  }

  private String errors() {
    if (seen.errors().isEmpty()) {
      return "none";
    }
    return seen.errors().entrySet().stream()
        .map(error -> error.getKey() + " " + Human.count(error.getValue()))
        .collect(Collectors.joining(", "));
  }

  private String cpuText() {
    double driver = microsPerOperation(cpu.driverMicros());
    if (cpu.nodes() == 0) {
      return "%.1f µs an operation in the driver; the nodes' is unknown (--pids)".formatted(driver);
    }
    double nodes = microsPerOperation(cpu.nodesMicros());
    return String.format(
        Locale.ROOT,
        "%.1f µs an operation over all processes (driver %.1f, %s %.1f)",
        driver + nodes,
        driver,
        Human.plural(cpu.nodes(), "node"),
        nodes);
  }

  JsonText.Properties json() {
    Map<String, Object> latencies = new LinkedHashMap<>();
    seen.latencies()
        .forEach((operation, histogram) ->
            latencies.put(operation.name().toLowerCase(Locale.ROOT), micros(histogram)));
    boolean knowsNodes = cpu.nodes() > 0;
    return JsonText.object()
        .with("workload", plan.workload())
        .with("clients", plan.clients())
        .with("seconds", measured.toMillis() / 1e3)
        .with("keys", plan.keys())
        .with("valueBytes", plan.valueBytes())
        .with("stores", fleet.stores())
        .with("ranges", fleet.ranges())
        .with("durability", fleet.durability())
        .with("operations", seen.operations())
        .with("opsPerSecond", Math.round(perSecond()))
        .with("latencyMicros", latencies)
        .with("errors", seen.errors())
        .with("cpuMicrosPerOperation", knowsNodes ? tenths(cpuOfAll()) : null)
        .with("cpuMicrosPerOperationDriver", tenths(microsPerOperation(cpu.driverMicros())))
        .with("nodeProcesses", cpu.nodes());
  }

  private double cpuOfAll() {
    return microsPerOperation(cpu.driverMicros() + cpu.nodesMicros());
  }

  private static double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }

  private static JsonText.Properties micros(Histogram histogram) {
    return JsonText.object()
        .with("operations", histogram.getTotalCount())
        .with("mean", tenths(histogram.getMean() / 1e3))
        .with("p50", histogram.getValueAtPercentile(50) / 1_000)
        .with("p99", histogram.getValueAtPercentile(99) / 1_000)
        .with("p99.9", histogram.getValueAtPercentile(99.9) / 1_000)
        .with("max", histogram.getMaxValue() / 1_000);
  }
}
