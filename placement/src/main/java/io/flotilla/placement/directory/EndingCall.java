package io.flotilla.placement.directory;

import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;

/// A call with something to be done before it is answered, however that may be.
record EndingCall(PlacementCall call, Runnable before) implements PlacementCall {
  @Override
  public PlacementRequest request() {
    return call.request();
  }

  @Override
  public void reply(PlacementReply reply) {
    before.run();
    call.reply(reply);
  }

  @Override
  public void refuse(Refusal refusal) {
    before.run();
    call.refuse(refusal);
  }
}
