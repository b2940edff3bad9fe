package io.flotilla.cli.bench;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// CPU time spent between two moments by this process and by the nodes.
final class CpuMeter {
  private final long self = ProcessHandle.current().pid();
  private final Map<Long, Long> before = new LinkedHashMap<>();

  private CpuMeter(Collection<Long> nodes) {
    add(self);
    nodes.forEach(this::add);
  }

  /// Begins to count for this process and these others.
  static CpuMeter start(Collection<Long> nodes) {
    return new CpuMeter(nodes);
  }

  private void add(long pid) {
    OptionalLong micros = ProcessCpu.micros(pid);
    if (micros.isPresent()) {
      before.put(pid, micros.getAsLong());
    }
  }

  /// @param driverMicros of this process
  /// @param nodesMicros of all nodes that are still there, together
  /// @param nodes how many those are
  record Spent(long driverMicros, long nodesMicros, int nodes) {}

  Spent spent() {
    long driver = 0;
    long others = 0;
    int nodes = 0;
    for (Map.Entry<Long, Long> process : before.entrySet()) {
      OptionalLong now = ProcessCpu.micros(process.getKey());
      if (now.isPresent() && process.getKey() == self) {
        driver = now.getAsLong() - process.getValue();
      } else if (now.isPresent()) {
        others += now.getAsLong() - process.getValue();
        nodes++;
      }
    }
    return new Spent(driver, others, nodes);
  }
}
