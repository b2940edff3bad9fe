package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.Refusal;
import org.jspecify.annotations.Nullable;

/// Disks that are as full as a test says.
final class FakeRoom implements WriteRoom {
  boolean refusesData;
  boolean refusesAll;

  @Override
  public @Nullable Refusal refusal(RangeDescriptor range, boolean addsData) {
    boolean refused = refusesAll || (refusesData && addsData);
    return refused ? new Refusal.DiskFull(new StoreId(1), 7, 9, 0) : null;
  }

  @Override
  public boolean isScarce() {
    return refusesAll || refusesData;
  }
}
