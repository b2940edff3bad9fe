package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvReply.Refused;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import java.util.function.Consumer;

/// A request on its way to its one reply. Confined to the range's loop from the moment it is
/// served.
public final class KvCall implements RangeRequest {
  private final KvRequest request;
  private final Consumer<KvReply> onReply;
  private boolean answered;

  /// @param onReply called once, on the range's loop; must not block or throw
  public KvCall(KvRequest request, Consumer<KvReply> onReply) {
    this.request = request;
    this.onReply = onReply;
  }

  public KvRequest request() {
    return request;
  }

  @Override
  public void refuse(Refusal refusal) {
    reply(new Refused(refusal));
  }

  void reply(KvReply reply) {
    if (answered) {
      throw new IllegalStateException("a second reply to " + request.target() + ": " + reply);
    }
    answered = true;
    onReply.accept(reply);
  }
}
