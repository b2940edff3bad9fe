package io.flotilla.replica;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a replica lets its machine do.
final class ReplicaAccess implements RangeAccess {
  private final RangeReplica replica;
  private final ReplicaHost host;

  ReplicaAccess(RangeReplica replica, ReplicaHost host) {
    this.replica = replica;
    this.host = host;
  }

  @Override
  public RangeDescriptor descriptor() {
    return replica.descriptor();
  }

  @Override
  public EventLoop loop() {
    return host.loop();
  }

  @Override
  public long appliedIndex() {
    return replica.applied().index();
  }

  @Override
  public long stateNumber() {
    return replica.isEnded() || replica.isInstalling()
        ? 0
        : 1 + replica.output().installs() + replica.term();
  }

  @Override
  public boolean leaseHolds() {
    return replica.leaderSide().leaseHolds();
  }

  @Override
  public void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused) {
    Leadership lead = replica.isEnded() ? null : replica.currentLeadership();
    if (replica.isEnded() || (lead == null && !FollowerSide.canAsk(replica))) {
      onRefused.accept(replica.notLeader());
    } else if (replica.barriers().open() >= host.options().proposalsMax()) {
      onRefused.accept(new Refusal.Busy("reads waiting in range " + replica.id(), 20));
    } else {
      if (lead != null) {
        lead.use();
      }
      replica.slumber().wake();
      replica.barriers().add(onCurrent, onRefused);
      replica.touch();
    }
  }

  @Override
  public long propose(List<StateWrite> writes, Consumer<ProposalOutcome> onOutcome) {
    Leadership lead = replica.isEnded() ? null : replica.currentLeadership();
    if (lead == null) {
      Leadership.refuse(onOutcome, replica.notLeader());
      return 0;
    }
    Refusal refusal = objection(lead);
    if (refusal == null && lead.stage().isFullFor(writes, host.options().entryBytesMax())) {
      replica.leaderSide().flush();
      refusal = objection(lead);
    }
    if (refusal != null) {
      Leadership.refuse(onOutcome, refusal);
      return 0;
    }
    lead.use();
    replica.slumber().wake();
    lead.stage().add(writes, onOutcome);
    replica.touch();
    return replica.group().lastEntry().index() + 1;
  }

  private @Nullable Refusal objection(Leadership lead) {
    if (!lead.isOpen()) {
      return new Refusal.Busy("range " + replica.id() + " is being split", 5);
    }
    if (lead.isRefusing()) {
      return new Refusal.Busy("uncommitted bytes of range " + replica.id(), 20);
    }
    if (replica.proposals().open() + lead.stage().size() >= host.options().proposalsMax()) {
      return new Refusal.Busy("proposals under way in range " + replica.id(), 20);
    }
    return host.isApplyBacklogFull() ? new Refusal.Busy("bytes waiting to be applied", 20) : null;
  }

  @Override
  public void resign() {
    Leadership lead = replica.currentLeadership();
    if (lead != null && lead.isOpen() && !replica.isEnded()) {
      replica.slumber().wake();
      TransferStep.handOverToAnybody(replica, lead);
    }
  }

  @Override
  public List<RangeDescriptor> localDescriptors(KeySpan span) {
    return host.localDescriptors(span);
  }
}
