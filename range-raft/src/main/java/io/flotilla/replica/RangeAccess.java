package io.flotilla.replica;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;
import java.util.function.Consumer;

/// What a [RangeMachine] may do with its replica. To be used on the replica's loop only.
public interface RangeAccess {
  RangeDescriptor descriptor();

  /// The loop that owns the replica.
  EventLoop loop();

  long appliedIndex();

  /// Changes whenever the state here is replaced by a snapshot as a whole, and with the term; 0: it
  /// is being replaced, or the replica is at its end. What a follower read is good if this was the
  /// same, and not 0, before it asked for its barrier and after it read: only the leader whom it
  /// asked knows that somebody reads elsewhere, and reads itself with care.
  long stateNumber();

  /// True if this replica may serve a read now without asking anybody. Check it again after the
  /// value was read. Always false if leases are turned off, and from the moment a split is proposed
  /// here until it is applied: the right half may get a leader elsewhere as soon as the split is
  /// committed.
  boolean leaseHolds();

  /// Runs `onCurrent` once the applied state is at least as new as everything acknowledged before
  /// this call, proved by a quorum; or `onRefused`. A follower asks its leader.
  void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused);

  /// Replicates physical writes. All proposals of one turn may share an entry; each is atomic.
  ///
  /// A later proposal may have been evaluated on the effects of an earlier one that is still under
  /// way. So one that got a token is applied only if all that got theirs before it in this
  /// leadership are; and none is accepted while a split is under way, which might take some of the
  /// keys away.
  ///
  /// @return the token under which [RangeMachine#onApplied] will cover it: a lower bound of its log
  ///   index (exact unless leadership changes), or 0 if it was refused at once (`onOutcome` was
  ///   called)
  long propose(List<StateWrite> writes, Consumer<ProposalOutcome> onOutcome);

  /// What became of a proposal. Called on the loop, exactly once.
  sealed interface ProposalOutcome {
    record Applied(long index) implements ProposalOutcome {}

    /// Definitely never applied.
    record Refused(Refusal refusal) implements ProposalOutcome {}

    /// It may or may not be, or become, applied.
    record Unknown(String reason) implements ProposalOutcome {}
  }

  /// Hands the leadership over, for a machine that cannot do a leader's work here: to any voter
  /// that has the log. Best effort: while there is none, this replica leads on, and it may be
  /// elected again. Nothing happens on a replica that does not lead.
  void resign();

  /// The descriptors that this store knows for ranges that overlap `span`, this range's own among
  /// them if it does; for [Refusal.StaleRange].
  List<RangeDescriptor> localDescriptors(KeySpan span);
}
