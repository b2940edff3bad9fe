package io.flotilla.engine.node;

import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A placement request to this node's own replica of the placement group.
///
/// @param late true once nobody waits for the answer any more; asked on any thread
record LocalPlacementCall(
    PlacementRequest request, Consumer<PlacementAnswer> onAnswer, BooleanSupplier late)
    implements PlacementCall {
  @Override
  public boolean isLate() {
    return late.getAsBoolean();
  }

  @Override
  public void reply(PlacementReply reply) {
    onAnswer.accept(new PlacementAnswer.Replied(reply));
  }

  @Override
  public void refuse(Refusal refusal) {
    onAnswer.accept(new PlacementAnswer.Refused(refusal));
  }
}
