package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvReply.Refused;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A request on its way to its one reply. Confined to the range's loop from the moment it is
/// served, but for [#isLate()].
public final class KvCall implements RangeRequest {
  private final KvRequest request;
  private final Consumer<KvReply> onReply;
  private final BooleanSupplier late;
  private boolean answered;

  /// A call of somebody who waits for ever.
  ///
  /// @param onReply called once, on the range's loop; must not block or throw
  public KvCall(KvRequest request, Consumer<KvReply> onReply) {
    this(request, onReply, () -> false);
  }

  /// @param late true once nobody waits for the reply any more; asked on any thread
  public KvCall(KvRequest request, Consumer<KvReply> onReply, BooleanSupplier late) {
    this.request = request;
    this.onReply = onReply;
    this.late = late;
  }

  public KvRequest request() {
    return request;
  }

  @Override
  public boolean isLate() {
    return late.getAsBoolean();
  }

  @Override
  public boolean isForAnyReplica() {
    return request instanceof KvRequest.IndexGet get && get.anyReplica();
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
