package io.flotilla.placement.directory;

import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementReply.Rejected;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Applied;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Refused;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Unknown;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;

/// What the parts of one tenure share.
///
/// @param term of this leadership of the placement group
record Office(
    RangeAccess access, Clock clock, EventSink events, PlacementOptions options, long term) {
  /// After so long it pays to ask again, when something else has to end first.
  static final long RETRY_MILLIS = 100;

  private static final long NANOS_PER_MILLI = 1_000_000L;

  /// Monotonic; only differences mean something.
  long nowMillis() {
    return clock.nanos() / NANOS_PER_MILLI;
  }

  /// Makes something durable for a request: `onApplied` answers it, anything else is answered here.
  void commit(PlacementCall call, StateWrite write, Runnable onApplied) {
    access.propose(
        List.of(write),
        outcome -> {
          switch (outcome) {
            case Applied(_) -> onApplied.run();
            case Refused(var refusal) -> call.refuse(refusal);
            case Unknown(var reason) ->
                call.reply(new Rejected(Reason.OUTCOME_UNKNOWN, reason + "; try again"));
          }
        });
  }

  static void reject(PlacementCall call, Reason reason, String message) {
    call.reply(new Rejected(reason, message));
  }
}
