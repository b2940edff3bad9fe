package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.check.Operator;
import io.flotilla.spi.EventSink;

/// What the placement group's leader tells.
public sealed interface PlacementEvent extends EventSink.Event {
  record StoreRegistered(StoreId store, String address) implements PlacementEvent {
    @Override
    public String toString() {
      return "store " + store + " registered at " + address;
    }
  }

  record OperatorStarted(Operator operator) implements PlacementEvent {
    @Override
    public String toString() {
      return "range " + operator.range() + ": started " + operator;
    }
  }

  record OperatorEnded(RangeId range, Operator.Kind kind, String how) implements PlacementEvent {
    @Override
    public String toString() {
      return "range " + range + ": " + kind + " " + how;
    }
  }

  /// Two ranges claim the same keys at the same generation: to be looked into.
  record OverlapRefused(StoreId reporter, RangeId range) implements PlacementEvent {
    @Override
    public String toString() {
      return "range " + range + " as store " + reporter + " reports it overlaps newer ranges";
    }
  }

  record ClockRefused(String what) implements PlacementEvent {
    @Override
    public String toString() {
      return what;
    }
  }
}
