package io.flotilla.placement.directory;

import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply;
import io.flotilla.replica.Refusal;
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

  /// So many answers wait for a barrier that has yet to begin.
  int waiting() {
    return unproved.size();
  }

  void reply(List<Answer> answers) {
    if (office.access().leaseHolds()) {
      answers.forEach(one -> one.call().reply(one.reply()));
    } else {
      unproved.addAll(answers);
      next();
    }
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
