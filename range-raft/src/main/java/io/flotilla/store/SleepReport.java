package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import java.util.ArrayList;
import java.util.List;

/// Which replicas of a store sleep. It costs nothing to find out: none of them is stirred.
///
/// @param replicas how many there are here
/// @param asleep how many of them sleep
/// @param led ranges whose leader sleeps here, in no order
public record SleepReport(long replicas, long asleep, List<RangeId> led) {
  static SleepReport sum(List<SleepReport> parts) {
    long replicas = 0;
    long asleep = 0;
    List<RangeId> led = new ArrayList<>();
    for (SleepReport part : parts) {
      replicas += part.replicas;
      asleep += part.asleep;
      led.addAll(part.led);
    }
    return new SleepReport(replicas, asleep, led);
  }
}
