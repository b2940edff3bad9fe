package io.flotilla.replica.split;

import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Cutting a range in two.
public final class SplitPlan {
  /*
   * The split is an entry in the left range's log. Applying it writes two descriptors in one
   * batch and moves no data. Both halves take the next generation; the right one gets the left
   * one's stores, with peers of its own.
   *
   * The right half is a new group whose empty log starts at a fixed (term, index) above zero: a
   * peer that has nothing can then never be mistaken for one that has the log's beginning, it
   * needs a snapshot.
   *
   * The right half's state is explained by the left half's log up to the split, and only from
   * there by its own. After a crash the state may lack the split while the right half's log and
   * votes are there. That log is then kept aside ("dormant") until the left half replays the
   * split, which takes the right half up as its log says and resets nothing. The left half can
   * always replay it: its hard state with a commit index at or above the split is written before
   * the right half's first write. And nobody may drop the left half's log before the state that
   * it explains is durable.
   */

  /// Where a range's log starts that did not start from nothing: a split's right half, or a fleet's
  /// first ranges.
  public static final EntryId LOG_START = new EntryId(5, 10);

  private SplitPlan() {}

  /// The hard state of a replica that starts at `start` and has promised nothing yet.
  public static HardState hardStateAt(EntryId start) {
    return new HardState(start.term(), null, start.index());
  }

  /// Why `descriptor` cannot be cut like this; nothing if it can.
  public static Optional<String> objection(
      RangeDescriptor descriptor, RangeId right, List<PeerId> rightPeers, Key at) {
    if (descriptor.isPlacement()) {
      return Optional.of("the placement group never splits");
    }
    if (!descriptor.span().canSplitAt(at)) {
      return Optional.of(
          "range "
              + descriptor.id()
              + " "
              + descriptor.span()
              + " cannot be cut at "
              + at
              + ": choose a key inside it, above its start");
    }
    if (right.equals(descriptor.id())) {
      return Optional.of("the right half needs a range id of its own");
    }
    if (rightPeers.size() != descriptor.replicas().size()) {
      return Optional.of(
          "the right half needs "
              + descriptor.replicas().size()
              + " peer ids, got "
              + rightPeers.size());
    }
    return Optional.empty();
  }

  /// The command that cuts `descriptor` at `at`. The n-th of `rightPeers` stands beside the n-th
  /// replica.
  public static SplitCommand command(
      RangeDescriptor descriptor, RangeId right, List<PeerId> rightPeers, Key at) {
    KeySpan span = descriptor.span();
    List<ReplicaDescriptor> replicas = new ArrayList<>();
    for (int i = 0; i < rightPeers.size(); i++) {
      ReplicaDescriptor beside = descriptor.replicas().get(i);
      replicas.add(new ReplicaDescriptor(rightPeers.get(i), beside.store(), beside.kind()));
    }
    RangeDescriptor left = descriptor.withSpan(new KeySpan(span.start(), at));
    RangeDescriptor rightDescriptor =
        new RangeDescriptor(right, new KeySpan(at, span.end()), left.generation(), replicas);
    return new SplitCommand(left, rightDescriptor, LOG_START);
  }

  /// True if `command` was made for `current`; every replica decides alike.
  public static boolean isFor(RangeDescriptor current, SplitCommand command) {
    return command.left().id().equals(current.id())
        && command.left().generation() == current.generation() + 1;
  }
}
