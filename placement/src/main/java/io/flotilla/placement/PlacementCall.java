package io.flotilla.placement;

import io.flotilla.replica.RangeRequest;

/// A request to the placement group on its way through the replica of its leader. Exactly one of
/// [#reply] and [#refuse] is called, once, on the replica's loop.
///
/// A non-leader refuses with [io.flotilla.replica.Refusal.NotLeader], and the caller goes to the
/// leader.
public interface PlacementCall extends RangeRequest {
  PlacementRequest request();

  void reply(PlacementReply reply);
}
