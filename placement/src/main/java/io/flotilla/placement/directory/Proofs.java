package io.flotilla.placement.directory;

import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementReply.Rejected;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.Refusal.Busy;
import java.util.ArrayList;
import java.util.List;

/// Lets an answer out once it is proved that nobody else led when it was made: by the lease,
/// checked after it was made, or by a read barrier begun after that. So what a successor does, it
/// does after this answer was true.
///
/// One barrier at a time, for all answers that were made before it began.
final class Proofs {
  /// An answer that is made and yet to be proved.
  record Answer(PlacementCall call, PlacementReply reply) {}

  private final Office office;
  private List<Answer> unproved = new ArrayList<>();
  private boolean proving;

  Proofs(Office office) {
    this.office = office;
  }

  /// True if no more answers may wait for a barrier that has yet to begin.
  boolean isFull() {
    return isFullWith(0);
  }

  /// The same if so many more were to come.
  boolean isFullWith(int more) {
    return unproved.size() + more >= office.options().waitingMax();
  }

  void reply(PlacementCall call, PlacementReply reply) {
    reply(List.of(new Answer(call, reply)));
  }

  void reply(List<Answer> answers) {
    if (office.access().leaseHolds()) {
      answers.forEach(one -> one.call().reply(one.reply()));
    } else {
      unproved.addAll(answers);
      next();
    }
  }

  /// Turns a request down once that is proved: a leader that was deposed and does not know it yet
  /// would turn away whom its successor has let in.
  void reject(PlacementCall call, Reason reason, String message) {
    if (isFull()) {
      call.refuse(new Busy("answers that wait for their proof", Office.RETRY_MILLIS));
      return;
    }
    reply(call, new Rejected(reason, message));
  }

  private void next() {
    if (proving || unproved.isEmpty()) {
      return;
    }
    List<Answer> batch = unproved;
    unproved = new ArrayList<>();
    proving = true;
    office
        .access()
        .readBarrier(
            () -> {
              proving = false;
              batch.forEach(one -> one.call().reply(one.reply()));
              next();
            },
            refusal -> {
              proving = false;
              batch.forEach(one -> one.call().refuse(refusal));
              next();
            });
  }

  /// The tenure is over; what waits for a barrier under way hears from that.
  void close(Refusal refusal) {
    List<Answer> left = unproved;
    unproved = new ArrayList<>();
    left.forEach(one -> one.call().refuse(refusal));
  }
}
