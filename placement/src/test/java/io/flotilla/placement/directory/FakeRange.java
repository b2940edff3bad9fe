package io.flotilla.placement.directory;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.Refusal;
import io.flotilla.sim.StepLoop;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The placement group's replica as its machine sees it, with commits, barriers, lease and clocks
/// in the test's hands. State outlives machines, as it does in a group.
final class FakeRange implements RangeAccess, StateReader, Clock {
  private record Proposal(List<StateWrite> writes, Consumer<ProposalOutcome> onOutcome) {}

  private record Barrier(Runnable onCurrent, Consumer<Refusal> onRefused) {}

  private final StepLoop loop = new StepLoop();
  private final TreeMap<Key, byte[]> state = new TreeMap<>();
  private final Queue<Proposal> proposals = new ArrayDeque<>();
  private final Queue<Barrier> barriers = new ArrayDeque<>();
  private long applied = 5;
  private int writes;
  boolean lease = true;
  boolean commitAtOnce = true;
  int resigned;
  @Nullable String unreadable;
  int voters = 1;
  long wallMillis = 1_800_000_000_000L;
  long nanos = 77_000_000;

  /// Both clocks go on.
  void advance(long millis) {
    wallMillis += millis;
    nanos += millis * 1_000_000;
  }

  int proposalsUnderWay() {
    return proposals.size();
  }

  int barriersUnderWay() {
    return barriers.size();
  }

  /// How many state keys were written so far.
  int writes() {
    return writes;
  }

  /// Commits and applies what is proposed, and what that proposes, until nothing is.
  void commit() {
    for (Proposal next = proposals.poll(); next != null; next = proposals.poll()) {
      apply(next);
    }
  }

  private void apply(Proposal proposal) {
    for (StateWrite write : proposal.writes()) {
      writes++;
      if (write.value() == null) {
        state.remove(Key.of(write.key()));
      } else {
        state.put(Key.of(write.key()), write.value());
      }
    }
    applied++;
    proposal.onOutcome().accept(new ProposalOutcome.Applied(applied));
  }

  /// The proposals under way end like this; `happened` says whether they are applied all the same.
  void lose(ProposalOutcome outcome, boolean happened) {
    for (Proposal next = proposals.poll(); next != null; next = proposals.poll()) {
      if (happened) {
        apply(new Proposal(next.writes(), _ -> {}));
      }
      next.onOutcome().accept(outcome);
    }
  }

  void proveBarrier() {
    barriers.remove().onCurrent().run();
  }

  void refuseBarrier(Refusal refusal) {
    barriers.remove().onRefused().accept(refusal);
  }

  @Override
  public RangeDescriptor descriptor() {
    List<ReplicaDescriptor> replicas = new ArrayList<>();
    for (int i = 1; i <= voters; i++) {
      replicas.add(new ReplicaDescriptor(new PeerId(i), new StoreId(i), ReplicaKind.VOTER));
    }
    return new RangeDescriptor(RangeDescriptor.PLACEMENT, KeySpan.ALL, 1, replicas);
  }

  /// Both clocks go on, and what is due by then is done.
  void runFor(long millis) {
    boolean[] over = {false};
    loop.schedule(millis * 1_000_000, () -> over[0] = true);
    long begun = loop.nanos();
    long nanosBefore = nanos;
    long wallBefore = wallMillis;
    while (!over[0] && loop.step()) {
      long passed = loop.nanos() - begun;
      nanos = nanosBefore + passed;
      wallMillis = wallBefore + passed / 1_000_000;
    }
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
    return 1;
  }

  @Override
  public boolean leaseHolds() {
    return lease;
  }

  @Override
  public void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused) {
    barriers.add(new Barrier(onCurrent, onRefused));
  }

  @Override
  public long propose(List<StateWrite> writesWanted, Consumer<ProposalOutcome> onOutcome) {
    proposals.add(new Proposal(writesWanted, onOutcome));
    if (commitAtOnce) {
      commit();
    }
    return applied + proposals.size();
  }

  @Override
  public void resign() {
    resigned++;
  }

  @Override
  public List<RangeDescriptor> localDescriptors(KeySpan span) {
    return List.of(descriptor());
  }

  @Override
  public void scan(
      byte[] from,
      byte[] to,
      Consumer<List<StateWrite>> onRead,
      Consumer<RuntimeException> onFailed) {
    if (unreadable != null) {
      onFailed.accept(new StorageException(unreadable));
      return;
    }
    List<StateWrite> found = new ArrayList<>();
    state
        .subMap(Key.of(from), true, Key.of(to), false)
        .forEach((key, value) -> found.add(new StateWrite(key.bytes(), value)));
    onRead.accept(found);
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public long wallMillis() {
    return wallMillis;
  }
}
