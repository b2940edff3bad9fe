package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a [RangeMachine] may do with its replica. To be used on the replica's loop only.
public interface RangeAccess {
  RangeDescriptor descriptor();

  /// The loop that owns the replica.
  EventLoop loop();

  long appliedIndex();

  /// True if this replica may serve a read now without asking anybody. Check it again after the value
  /// was read. Always false if leases are turned off.
  boolean leaseHolds();

  /// Runs `onCurrent` once the applied state is at least as new as everything acknowledged before this
  /// call, proved by a quorum; or `onRefused`.
  void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused);

  /// Replicates physical writes. All proposals of one turn may share an entry; each is atomic.
  ///
  /// @return the token under which [RangeMachine#onApplied] will cover it: a lower bound of its log index
  ///     (exact unless leadership changes), or 0 if it was refused at once (`onOutcome` was called)
  long propose(List<StateWrite> writes, Consumer<ProposalOutcome> onOutcome);

  /// What became of a proposal. Called on the loop, exactly once.
  sealed interface ProposalOutcome {
    record Applied(long index) implements ProposalOutcome {}

    /// Definitely never applied.
    record Refused(Refusal refusal) implements ProposalOutcome {}

    /// It may or may not be, or become, applied.
    record Unknown(String reason) implements ProposalOutcome {}
  }

  /// Where requests that need it are told the other descriptors of this store that cover parts of a
  /// span; for [Refusal.StaleRange].
  List<RangeDescriptor> localDescriptors(@Nullable RangeDescriptor around);
}
