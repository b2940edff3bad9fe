package io.flotilla.bench;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A replica without consensus: it always has the lease, and what is proposed is applied together
/// when the benchmark says so. What is left is the range's machine and its state.
final class LocalRange implements RangeAccess {
  private final EventLoop loop;
  private final StateStorage state;
  private final RangeDescriptor descriptor =
      Samples.range(RangeDescriptor.FIRST.value(), Key.EMPTY, Key.EMPTY);
  private List<StateWrite> writes = new ArrayList<>();
  private List<Consumer<ProposalOutcome>> waiting = new ArrayList<>();
  private long index = 1;

  LocalRange(EventLoop loop, StateStorage state) {
    this.loop = loop;
    this.state = state;
    EntryId first = new EntryId(1, index);
    state.apply(List.of(new RangeUpdate(descriptor.id(), first, descriptor, List.of(), false)));
  }

  /// Everything that was proposed becomes one entry and is applied.
  void applyAll() {
    List<Consumer<ProposalOutcome>> applied = waiting;
    EntryId entry = new EntryId(1, ++index);
    state.apply(List.of(new RangeUpdate(descriptor.id(), entry, null, writes, false)));
    writes = new ArrayList<>();
    waiting = new ArrayList<>();
    applied.forEach(waiter -> waiter.accept(new ProposalOutcome.Applied(index)));
  }

  @Override
  public RangeDescriptor descriptor() {
    return descriptor;
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public long appliedIndex() {
    return index;
  }

  @Override
  public long stateNumber() {
    return 1;
  }

  @Override
  public boolean leaseHolds() {
    return true;
  }

  @Override
  public void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused) {
    onCurrent.run();
  }

  @Override
  public long propose(List<StateWrite> proposed, Consumer<ProposalOutcome> onOutcome) {
    writes.addAll(proposed);
    waiting.add(onOutcome);
    return index + 1;
  }

  @Override
  public void resign() {}

  @Override
  public List<RangeDescriptor> localDescriptors(KeySpan span) {
    return List.of(descriptor);
  }
}
