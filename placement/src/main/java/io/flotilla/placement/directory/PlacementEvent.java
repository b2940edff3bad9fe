package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Standing;
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

  record StandingChanged(StoreId store, Standing standing) implements PlacementEvent {
    @Override
    public String toString() {
      return switch (standing) {
        case MEMBER -> "store " + store + " is back";
        case DEAD -> "store " + store + " has been silent for too long: its replicas are replaced";
        case REMOVED -> "store " + store + " is removed for good: its replicas are replaced";
      };
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

  /// This leader cannot serve, and goes on trying; told when the reason changes.
  record CannotServe(String reason) implements PlacementEvent {
    @Override
    public String toString() {
      return "placement leads from this node and cannot serve: " + reason + "; trying again";
    }
  }

  /// It has not served for so long that another store should lead.
  record HandingOver(String reason, long sinceMillis) implements PlacementEvent {
    @Override
    public String toString() {
      return "placement has not served for "
          + sinceMillis
          + " ms ("
          + reason
          + "): handing its leadership to another store";
    }
  }

  /// It serves after all.
  record ServesAgain(long sinceMillis) implements PlacementEvent {
    @Override
    public String toString() {
      return "placement serves, after " + sinceMillis + " ms in which it could not";
    }
  }

  record ClockRefused(String what) implements PlacementEvent {
    @Override
    public String toString() {
      return what;
    }
  }
}
