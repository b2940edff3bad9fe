package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// A replica whose every outcome the test decides: lease, barriers, the fate of each proposal.
public final class FakeRange implements RangeAccess {
  private final EventLoop loop;
  private final StateStorage state;
  private final Deque<Proposal> proposals = new ArrayDeque<>();
  private final Deque<Proposal> untold = new ArrayDeque<>();
  private final Deque<Barrier> barriers = new ArrayDeque<>();
  private RangeDescriptor descriptor;
  private long index = 10;
  private long applied = 10;
  public boolean lease = true;
  public long stateNumber = 1;
  public int leaseChecks;
  public int loseLeaseAfterChecks = Integer.MAX_VALUE;
  public boolean refuseProposals;
  public List<RangeDescriptor> others = List.of();

  record Proposal(long index, List<StateWrite> writes, Consumer<ProposalOutcome> onOutcome) {}

  private record Barrier(Runnable onCurrent, Consumer<Refusal> onRefused) {}

  public FakeRange(EventLoop loop, StateStorage state, RangeDescriptor descriptor) {
    this.loop = loop;
    this.state = state;
    this.descriptor = descriptor;
  }

  public static RangeDescriptor descriptor(long id, String start, String end, long generation) {
    return new RangeDescriptor(
        new RangeId(id),
        new KeySpan(key(start), key(end)),
        generation,
        List.of(replica(1), replica(2), replica(3)));
  }

  private static ReplicaDescriptor replica(long number) {
    return new ReplicaDescriptor(new PeerId(number), new StoreId(number), ReplicaKind.VOTER);
  }

  public static Key key(String text) {
    return Key.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public RangeDescriptor descriptor() {
    return descriptor;
  }

  public void become(RangeDescriptor newDescriptor) {
    descriptor = newDescriptor;
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public long appliedIndex() {
    return applied;
  }

  @Override
  public long stateNumber() {
    return stateNumber;
  }

  @Override
  public boolean leaseHolds() {
    leaseChecks++;
    return lease && leaseChecks <= loseLeaseAfterChecks;
  }

  @Override
  public void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused) {
    barriers.add(new Barrier(onCurrent, onRefused));
  }

  public int barriers() {
    return barriers.size();
  }

  public void passBarrier() {
    barriers.remove().onCurrent().run();
  }

  public void refuseBarrier() {
    barriers.remove().onRefused().accept(new Refusal.NotLeader(descriptor, new StoreId(2)));
  }

  @Override
  public long propose(List<StateWrite> writes, Consumer<ProposalOutcome> onOutcome) {
    if (refuseProposals) {
      onOutcome.accept(new ProposalOutcome.Refused(new Refusal.Busy("uncommitted bytes", 7)));
      return 0;
    }
    proposals.add(new Proposal(++index, List.copyOf(writes), onOutcome));
    return index;
  }

  public int proposals() {
    return proposals.size();
  }

  /// The next proposal is committed and applied.
  public void applyNext() {
    if (untold.isEmpty()) {
      applyToState();
    }
    tell();
  }

  /// The next proposal is committed and in the state, which the loop has not heard yet.
  public void applyToState() {
    Proposal next = proposals.remove();
    apply(next);
    untold.add(next);
  }

  public int untold() {
    return untold.size();
  }

  /// The loop hears of the oldest proposal that is in the state.
  public void tell() {
    Proposal next = untold.remove();
    next.onOutcome().accept(new ProposalOutcome.Applied(next.index()));
  }

  public void applyAll() {
    while (!proposals.isEmpty() || !untold.isEmpty()) {
      applyNext();
    }
  }

  /// The leader was superseded; nothing of what is under way comes to be.
  public void loseAll(ProposalOutcome outcome) {
    lose(0, outcome);
  }

  /// The leader was superseded by one that has the first `kept` of what is under way.
  public void lose(int kept, ProposalOutcome outcome) {
    while (!untold.isEmpty()) {
      tell();
    }
    List<Proposal> lost = new ArrayList<>(proposals);
    proposals.clear();
    lost.subList(0, kept).forEach(this::apply);
    lost.forEach(proposal -> proposal.onOutcome().accept(outcome));
  }

  /// What another leader wrote between two leaderships of this one.
  public void applyElsewhere(List<StateWrite> writes) {
    apply(new Proposal(++index, writes, _ -> {}));
  }

  private void apply(Proposal proposal) {
    applied = proposal.index();
    EntryId entry = new EntryId(1, applied);
    state.apply(List.of(new RangeUpdate(descriptor.id(), entry, null, proposal.writes(), false)));
  }

  @Override
  public void resign() {}

  @Override
  public List<RangeDescriptor> localDescriptors(KeySpan span) {
    List<RangeDescriptor> found = new ArrayList<>();
    found.add(descriptor);
    found.addAll(others);
    found.removeIf(known -> !known.span().overlaps(span));
    return found;
  }
}
