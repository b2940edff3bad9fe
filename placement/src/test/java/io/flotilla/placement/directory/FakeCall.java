package io.flotilla.placement.directory;

import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.RangeMachine;
import io.flotilla.replica.Refusal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A request that remembers its answer, insists that there is no second one, and sends both through
/// their codec.
final class FakeCall implements PlacementCall {
  private final PlacementRequest request;
  private @Nullable PlacementReply reply;
  private @Nullable Refusal refusal;

  FakeCall(PlacementRequest request) {
    this.request = PlacementCodec.decodeRequest(ByteBuffer.wrap(PlacementCodec.encode(request)));
  }

  /// Asks a machine.
  static FakeCall serve(RangeMachine machine, PlacementRequest request) {
    FakeCall call = new FakeCall(request);
    machine.serve(call);
    return call;
  }

  @Override
  public PlacementRequest request() {
    return request;
  }

  @Override
  public void reply(PlacementReply answer) {
    requireUnanswered();
    reply = PlacementCodec.decodeReply(ByteBuffer.wrap(PlacementCodec.encode(answer)));
  }

  @Override
  public void refuse(Refusal why) {
    requireUnanswered();
    refusal = why;
  }

  private void requireUnanswered() {
    if (isAnswered()) {
      throw new IllegalStateException("answered twice: " + request);
    }
  }

  boolean isAnswered() {
    return reply != null || refusal != null;
  }

  /// The reply, which must be of that kind.
  <T extends PlacementReply> T as(Class<T> kind) {
    if (!kind.isInstance(reply)) {
      throw new AssertionError(request + " was answered " + reply + ", refused " + refusal);
    }
    return kind.cast(reply);
  }

  @Nullable Refusal refusal() {
    return refusal;
  }

  @Nullable PlacementReply reply() {
    return reply;
  }
}
