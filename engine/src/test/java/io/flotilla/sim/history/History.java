package io.flotilla.sim.history;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What all clients of a run did, in the order in which it happened. Thread-safe.
///
/// A client calls one of the three methods *before* it calls the engine, and tells what came of it
/// *after* it heard: then whatever seems to have happened earlier really did.
public final class History {
  private final List<Operation> done = new ArrayList<>();
  private final Set<Pending> open = new LinkedHashSet<>();
  private long clock;

  /// A call that has begun. Exactly one of the methods is called, once.
  public final class Pending {
    private final String client;
    private final String key;
    private final Call call;
    private final long invoked;

    private Pending(String client, String key, Call call, long invoked) {
      this.client = client;
      this.key = key;
      this.call = call;
      this.invoked = invoked;
    }

    /// A get found this; null: nothing.
    public void found(@Nullable String value) {
      end(this, new Call.Get(value), true);
    }

    /// A put or delete was acknowledged.
    public void done() {
      end(this, call, true);
    }

    /// A compare-and-set was answered.
    public void swapped(boolean swapped) {
      Call.Swap asked = (Call.Swap) call;
      end(this, new Call.Swap(asked.expected(), asked.update(), swapped), true);
    }

    /// It did not happen, and never will.
    public void refused() {
      end(this, call, false);
    }

    /// Whether it happened, or will happen, cannot be told.
    public void unknown() {
      // It stays open, and is an operation without an end.
    }
  }

  public Pending get(String client, String key) {
    return begin(client, key, new Call.Get(null));
  }

  /// @param value null: a delete
  public Pending put(String client, String key, @Nullable String value) {
    return begin(client, key, new Call.Put(value));
  }

  public Pending swap(
      String client, String key, @Nullable String expected, @Nullable String update) {
    return begin(client, key, new Call.Swap(expected, update, true));
  }

  private synchronized Pending begin(String client, String key, Call call) {
    Pending pending = new Pending(client, key, call, ++clock);
    open.add(pending);
    return pending;
  }

  private synchronized void end(Pending pending, Call call, boolean happened) {
    if (!open.remove(pending)) {
      throw new IllegalStateException("a call ends once: " + call);
    }
    clock++;
    if (happened) {
      done.add(new Operation(pending.client, pending.key, call, pending.invoked, clock));
    }
  }

  /// The present moment: later than all that was noted, earlier than all that will be.
  public synchronized long now() {
    return ++clock;
  }

  /// Everything so far, by key; reads that were not answered say nothing and are left out.
  public synchronized SortedMap<String, List<Operation>> byKey() {
    SortedMap<String, List<Operation>> byKey = new TreeMap<>();
    for (Operation operation : done) {
      byKey.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
    }
    for (Pending pending : open) {
      if (!(pending.call instanceof Call.Get)) {
        byKey
            .computeIfAbsent(pending.key, _ -> new ArrayList<>())
            .add(
                new Operation(
                    pending.client, pending.key, pending.call, pending.invoked, Operation.NEVER));
      }
    }
    return byKey;
  }

  /// How many calls were answered.
  public synchronized int size() {
    return done.size();
  }

  /// How many writes were under way or of unknown outcome.
  public synchronized int unknown() {
    return (int) open.stream().filter(pending -> !(pending.call instanceof Call.Get)).count();
  }

  /// Checks every key. A single copy of the data needs to have done everything in some order that
  /// keeps who was finished before whom.
  public Linearizable.Verdict check() {
    for (List<Operation> operations : byKey().values()) {
      Linearizable.Verdict verdict = Linearizable.check(operations);
      if (!(verdict instanceof Linearizable.Verdict.Good)) {
        return verdict;
      }
    }
    return new Linearizable.Verdict.Good();
  }
}
