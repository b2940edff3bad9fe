package io.flotilla.store;

import io.flotilla.codec.Command.MembershipCommand;
import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.replica.AppliedBatch;
import io.flotilla.replica.AppliedBatch.CommandEffect;
import io.flotilla.replica.membership.MembershipPlan;
import io.flotilla.replica.split.SplitPlan;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What consecutive entries of one range do to the state: a function of the descriptor before them.
final class Evaluation {
  private final RangeDescriptor before;
  private final Predicate<RangeId> exists;
  private final List<StateWrite> writes = new ArrayList<>();
  private final List<RangeUpdate> rights = new ArrayList<>();
  private final List<RangeDescriptor> changed = new ArrayList<>();
  private final List<CommandEffect> effects = new ArrayList<>();
  private RangeDescriptor descriptor;
  private EntryId last = EntryId.ZERO;

  /// @param exists whether this store has state for a range: a split that is replayed does not
  ///   touch a right half that is there already
  Evaluation(RangeDescriptor before, Predicate<RangeId> exists) {
    this.before = before;
    this.descriptor = before;
    this.exists = exists;
  }

  void add(Entry entry) {
    last = entry.id();
    if (entry.kind() == EntryKind.NOOP) {
      return;
    }
    switch (CommandCodec.decode(entry.payload())) {
      case WriteCommand(List<StateWrite> more) -> writes.addAll(more);
      case SplitCommand split -> split(entry.index(), split);
      case MembershipCommand membership -> change(entry.index(), membership);
    }
  }

  private void split(long index, SplitCommand split) {
    if (!SplitPlan.isFor(descriptor, split)) {
      effects.add(new CommandEffect.Skipped(index, false));
      return;
    }
    KeySpan whole = descriptor.span();
    RangeDescriptor right = split.right().sharing(split.right().span().start(), whole.end());
    descriptor = split.left().sharing(whole.start(), right.span().start());
    if (!exists.test(right.id())) {
      rights.add(new RangeUpdate(right.id(), split.rightStart(), right, List.of(), false));
      changed.add(right);
    }
    effects.add(new CommandEffect.SplitDone(index, descriptor, right, split.rightStart()));
  }

  private void change(long index, MembershipCommand membership) {
    if (!MembershipPlan.isFor(descriptor, membership)) {
      effects.add(new CommandEffect.Skipped(index, true));
      return;
    }
    descriptor = membership.descriptor();
    effects.add(new CommandEffect.MembershipDone(index, descriptor));
  }

  /// What to write, in one batch.
  List<RangeUpdate> updates() {
    List<RangeUpdate> updates = new ArrayList<>();
    boolean same = descriptor.equals(before);
    updates.add(new RangeUpdate(before.id(), last, same ? null : descriptor, writes, false));
    updates.addAll(rights);
    return updates;
  }

  /// The descriptors that are in force afterwards, as far as they changed.
  List<RangeDescriptor> descriptors() {
    List<RangeDescriptor> all = new ArrayList<>(changed);
    all.add(descriptor);
    return all;
  }

  AppliedBatch result() {
    return new AppliedBatch(last, effects);
  }
}
