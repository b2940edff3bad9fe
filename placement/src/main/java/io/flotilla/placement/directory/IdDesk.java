package io.flotilla.placement.directory;

import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Ids;
import io.flotilla.placement.PlacementRequest.IdKind;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Applied;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Refused;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Unknown;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.Unavailable;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// Gives out the ids of one kind from a committed window, to whoever asks only once it is proved
/// that nobody else led: ids rise over all leaders, and not only from one decision to the next.
final class IdDesk {
  private static final long RETRY_MILLIS = 20;

  private record Waiting(PlacementCall call, int count) {}

  private final Office office;
  private final IdKind kind;
  private final IdWindow window;
  private final Proofs proofs;
  private final Queue<Waiting> waiting = new ArrayDeque<>();

  IdDesk(Office office, IdKind kind, IdWindow window, Proofs proofs) {
    this.office = office;
    this.kind = kind;
    this.window = window;
    this.proofs = proofs;
  }

  void allocate(PlacementCall call, int count) {
    if (waiting.size() >= office.options().waitingMax() || proofs.isFullWith(waiting.size())) {
      call.refuse(new Busy("requests for ids that wait", RETRY_MILLIS));
      return;
    }
    waiting.add(new Waiting(call, count));
    drain();
  }

  /// The first of the ids that decisions may use.
  long next() {
    return window.next();
  }

  int left() {
    return waiting.isEmpty() ? window.left() : 0;
  }

  /// A decision took the next ids.
  void take(int count) {
    if (count > 0) {
      window.take(count);
      extend(0);
    }
  }

  private void drain() {
    while (!waiting.isEmpty() && waiting.element().count() <= window.left()) {
      Waiting head = waiting.remove();
      proofs.reply(head.call(), new Ids(window.take(head.count()), head.count()));
    }
    extend(waiting.isEmpty() ? 0 : waiting.element().count());
  }

  /// Has a further bound committed if fewer than `need` ids or half a window are left.
  void extend(int need) {
    long bound = window.wantedBound(need);
    if (bound == 0) {
      return;
    }
    office
        .access()
        .propose(
            List.of(DurableState.idBound(kind, bound)),
            outcome -> {
              switch (outcome) {
                case Applied(_) -> {
                  window.committed(bound);
                  drain();
                }
                case Refused(var refusal) -> failed(refusal);
                case Unknown(var reason) -> failed(new Unavailable(reason));
              }
            });
  }

  private void failed(Refusal refusal) {
    window.failed();
    close(refusal);
  }

  void close(Refusal refusal) {
    List<Waiting> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(one -> one.call().refuse(refusal));
  }
}
