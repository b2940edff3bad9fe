package io.flotilla.placement;

import io.flotilla.keyspace.RangeId;
import java.util.NavigableSet;
import java.util.function.Function;

/// The ranges a store of a test leads.
///
/// @param all of them
/// @param reports what there is to say of each
public record LedSet(NavigableSet<RangeId> all, Function<RangeId, RangeReport> reports)
    implements ReportChain.Led {
  @Override
  public boolean contains(RangeId range) {
    return all.contains(range);
  }

  @Override
  public Iterable<RangeId> from(RangeId range) {
    return all.tailSet(range, true);
  }

  @Override
  public RangeReport report(RangeId range) {
    return reports.apply(range);
  }
}
