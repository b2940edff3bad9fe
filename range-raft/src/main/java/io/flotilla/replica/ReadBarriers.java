package io.flotilla.replica;

import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.Ready.ReadBarrier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Reads that wait for a quorum's word that they are current. All that a turn asks for share one
/// barrier.
///
/// That is sound although the earliest of them decides the read index: what this store acknowledged
/// before the last of them was applied here, hence committed before the turn began, and what other
/// leaders acknowledged the quorum knows.
final class ReadBarriers {
  private final RangeId range;
  private List<Waiter> asking = new ArrayList<>();
  private final Map<Long, List<Waiter>> asked = new LinkedHashMap<>();
  private final List<Proved> proved = new ArrayList<>();
  private final ArrayDeque<Waiter> current = new ArrayDeque<>(1);
  private int open;

  private record Waiter(Runnable onCurrent, Consumer<Refusal> onRefused) {}

  private record Proved(long index, List<Waiter> waiters) {}

  ReadBarriers(RangeId range) {
    this.range = range;
  }

  int open() {
    return open;
  }

  /// True if nobody waits.
  boolean mayRest() {
    return open == 0 && asking.isEmpty() && asked.isEmpty() && proved.isEmpty();
  }

  void add(Runnable onCurrent, Consumer<Refusal> onRefused) {
    asking.add(new Waiter(onCurrent, onRefused));
    open++;
  }

  /// The turn ends: asks for the barrier.
  void ask(RaftGroup group, ReplicaHost host) {
    if (!asking.isEmpty()) {
      long context = host.newReadContext();
      asked.put(context, asking);
      asking = new ArrayList<>();
      group.readIndex(context);
    }
  }

  void onReady(List<ReadBarrier> ready, Refusal refusal) {
    for (ReadBarrier barrier : ready) {
      List<Waiter> waiters = asked.remove(barrier.context());
      if (waiters == null) {
        continue;
      }
      if (barrier.isRefused()) {
        refuse(waiters, refusal);
      } else {
        proved.add(new Proved(barrier.index(), waiters));
      }
    }
  }

  /// The state has all up to `index`.
  void onApplied(long index) {
    if (proved.isEmpty()) {
      return;
    }
    List<Proved> safe = new ArrayList<>();
    proved.removeIf(each -> each.index <= index && safe.add(each));
    safe.forEach(each -> current.addAll(each.waiters));
    for (Waiter next; (next = current.poll()) != null; ) {
      open--;
      try {
        next.onCurrent.run();
      } catch (RuntimeException e) {
        throw Serving.refused(range, e, next.onRefused);
      }
    }
  }

  /// Leadership is lost, or the replica is gone.
  void refuseAll(Refusal refusal) {
    List<Waiter> all = new ArrayList<>();
    asked.values().forEach(all::addAll);
    proved.forEach(each -> all.addAll(each.waiters));
    all.addAll(asking);
    all.addAll(current);
    asked.clear();
    proved.clear();
    current.clear();
    asking = new ArrayList<>();
    refuse(all, refusal);
  }

  private void refuse(List<Waiter> waiters, Refusal refusal) {
    open -= waiters.size();
    Answers.toAll(waiters, waiter -> waiter.onRefused.accept(refusal));
  }
}
