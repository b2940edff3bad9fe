package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/// The proposals of one replica whose outcome is open, in the order of the log.
///
/// A proposal waits in `proposed` until the entry at its index is known to be committed. If that is
/// its own entry, it moves to `committed` and is answered once that is applied; if it is another's,
/// it was refused for good. Every proposal is answered exactly once.
final class ProposalTable {
  private final ArrayDeque<Pending> proposed = new ArrayDeque<>(1);
  private final ArrayDeque<Pending> committed = new ArrayDeque<>(1);
  private int open;

  /// All that share one entry.
  private record Pending(EntryId id, List<Consumer<ProposalOutcome>> outcomes) {
    void finish(ProposalOutcome outcome) {
      Answers.toAll(outcomes, each -> each.accept(outcome));
    }
  }

  /// True if none is without an outcome.
  boolean mayRest() {
    return open == 0 && proposed.isEmpty() && committed.isEmpty();
  }

  /// Proposals without an outcome.
  int open() {
    return open;
  }

  /// Whoever leads anew may have lost what it proposed at the same place before; that may commit
  /// yet if others have it and this leadership fails.
  void add(EntryId id, List<Consumer<ProposalOutcome>> outcomes) {
    while (!proposed.isEmpty()
        && proposed.getLast().id.index() >= id.index()
        && proposed.getLast().id.term() < id.term()) {
      Pending lost = proposed.removeLast();
      finish(lost, new ProposalOutcome.Unknown("another leader's entry took its place"));
    }
    Pending last = proposed.peekLast();
    Invariant.check(
        last == null || last.id.index() < id.index(), "proposals go to the end of the log");
    proposed.add(new Pending(id, outcomes));
    open += outcomes.size();
  }

  /// These entries are committed: decides which proposals were superseded, for which `refusal` is
  /// said.
  void onCommitted(List<Entry> entries, Refusal refusal) {
    if (proposed.isEmpty()) {
      return;
    }
    long first = entries.getFirst().index();
    long last = entries.getLast().index();
    while (!proposed.isEmpty() && proposed.peekFirst().id.index() <= last) {
      Pending pending = proposed.pollFirst();
      long index = pending.id.index();
      Invariant.check(index >= first, "no entry is committed twice", index, first);
      if (entries.get((int) (index - first)).term() == pending.id.term()) {
        committed.add(pending);
      } else {
        finish(pending, new ProposalOutcome.Refused(refusal));
      }
    }
  }

  /// The state has all up to `index`. `refused` are the indexes whose command was void when it came
  /// to be applied.
  void onApplied(long index, List<Long> refused, Refusal refusal) {
    while (!committed.isEmpty() && committed.peekFirst().id.index() <= index) {
      Pending pending = committed.pollFirst();
      long at = pending.id.index();
      finish(
          pending,
          refused.contains(at)
              ? new ProposalOutcome.Refused(refusal)
              : new ProposalOutcome.Applied(at));
    }
  }

  /// These were truncated from the own log as a superseded leader: they can never commit.
  void onDropped(List<EntryId> dropped, Refusal refusal) {
    List<Pending> gone = new ArrayList<>();
    for (Iterator<Pending> each = proposed.iterator(); each.hasNext(); ) {
      Pending pending = each.next();
      if (dropped.contains(pending.id)) {
        each.remove();
        gone.add(pending);
      }
    }
    Answers.toAll(gone, pending -> finish(pending, new ProposalOutcome.Refused(refusal)));
  }

  /// What is not known to be committed is given up.
  void giveUpProposed(String reason) {
    giveUp(proposed, reason);
  }

  /// Everything is given up: the replica stops to exist, or a snapshot took the place of its log.
  void giveUpAll(String reason) {
    Answers.toAll(List.of(committed, proposed), queue -> giveUp(queue, reason));
  }

  private void giveUp(ArrayDeque<Pending> queue, String reason) {
    List<Pending> all = new ArrayList<>(queue);
    queue.clear();
    Answers.toAll(all, pending -> finish(pending, new ProposalOutcome.Unknown(reason)));
  }

  private void finish(Pending pending, ProposalOutcome outcome) {
    open -= pending.outcomes.size();
    pending.finish(outcome);
  }
}
