package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import java.util.List;

/// Which replicas of a store sleep. It costs nothing to find out: none of them is stirred.
///
/// @param replicas how many there are here
/// @param asleep how many of them sleep
/// @param led ranges whose leader sleeps here, in no order
public record SleepReport(long replicas, long asleep, List<RangeId> led) {}
