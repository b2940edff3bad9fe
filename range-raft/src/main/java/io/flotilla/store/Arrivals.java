package io.flotilla.store;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.raft.Message;
import io.flotilla.replica.AppliedBatch.CommandEffect.SplitDone;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.LogStorage.Tombstone;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How replicas come to be on a loop, and why some do not.
final class Arrivals {
  /*
   * A message for a replica that is not here can mean four things.
   *
   * - The replica was removed: its peer is at or below the range's tombstone. The message is
   *   dropped.
   * - The store has an older replica of the range: a leader speaks to a higher peer, so the older
   *   one was removed without hearing of it. It is destroyed now; the message will come again.
   * - A split that has not been applied here will create it. Its span, if it is told, is that of a
   *   local range. The message is parked: the right half's first election comes at about the
   *   moment of the split.
   * - It is new here: its span is told, by a leader or by whoever would like to lead, and no local
   *   range has a part of it. An empty replica is made, which waits for a snapshot.
   *
   * The empty replica may be a voter that has nothing: of a right half, where the left half came
   * past the split by a snapshot, or was removed before it. It votes all the same. If most voters
   * are like that, nobody could ever lead the right half without them; and none of them has
   * acknowledged anything, so their votes are as good as any other's. CockroachDB does the same. A
   * split that comes after all keeps what was voted (ReplicaStarts.rightHalf).
   */
  private final StoreCore core;
  private final StoreLoop loop;
  private final Map<RangeId, Tombstone> tombstones = new TreeMap<>();
  private final Map<RangeId, StoredGroup> dormant = new TreeMap<>();
  private final Set<RangeId> removing = new LinkedHashSet<>();
  private final Map<RangeId, Runnable> afterRemoval = new TreeMap<>();
  private final Set<RangeId> asking = new LinkedHashSet<>();
  private final ParkedMessages parked;

  Arrivals(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
    StoreOptions options = core.env().options();
    this.parked =
        new ParkedMessages(options.parkedMax(), 3 * options.replica().raft().electionTicks());
  }

  /// Whoever asks a replica that is gone for its vote may be the only one who can lead now, and not
  /// know that the change which says so is committed. What the replica had applied says it.
  private void answerForTheGone(StoreId from, RangeMessage message) {
    Tombstone tombstone = tombstones.get(message.range());
    if (tombstone != null
        && !tombstone.applied().equals(EntryId.ZERO)
        && message.message() instanceof Message.PreVoteRequest request) {
      Message reply = new Message.PreVoteReply(message.to(), 0, false, tombstone.applied());
      loop.handOut().send(from, new RangeMessage(message.range(), request.from(), null, reply));
    }
  }

  /// Whoever is not here, or is broken, leads nothing.
  void answerNudge(StoreId from, RangeId range, PeerId self, Message.Nudge nudge) {
    Message reply = new Message.NotLeading(self, nudge.term());
    loop.handOut().send(from, new RangeMessage(range, nudge.from(), null, reply));
  }

  /// A peer is gone for good.
  void bury(RangeId range, Tombstone tombstone) {
    tombstones.merge(range, tombstone, Tombstone::merge);
  }

  boolean isBuried(RangeId range, PeerId peer) {
    Tombstone tombstone = tombstones.get(range);
    return tombstone != null && tombstone.peer().compareTo(peer) >= 0;
  }

  /// The log has a right half whose split is yet to be replayed.
  void addDormant(StoredGroup group) {
    dormant.put(group.range(), group);
  }

  /// How many ranges have messages that wait for a replica.
  int parkedRanges() {
    return parked.ranges();
  }

  void beginRemoval(RangeId range) {
    removing.add(range);
    dormant.remove(range);
    loop.installs().giveUp(range);
  }

  void endRemoval(RangeId range) {
    removing.remove(range);
    Runnable waiting = afterRemoval.remove(range);
    if (waiting != null) {
      waiting.run();
    }
  }

  boolean isRemoving(RangeId range) {
    return removing.contains(range);
  }

  void onTick() {
    parked.onTick();
  }

  /// A message for a peer that is not here. `other` is the range's replica that is.
  void onStray(StoreId from, RangeMessage message, @Nullable RangeReplica other) {
    RangeId range = message.range();
    if (isBuried(range, message.to()) || removing.contains(range)) {
      answerForTheGone(from, message);
      return;
    }
    boolean ofLeader =
        message.message() instanceof Message.Append || message.message() instanceof Message.Beat;
    if (other != null) {
      if (ofLeader && other.peer().compareTo(message.to()) < 0) {
        retire(other);
      }
      return;
    }
    parked.add(from, message);
    KeySpan span = message.span();
    if (span != null && !dormant.containsKey(range)) {
      askToCreate(range, message.to(), span, _ -> {});
    }
  }

  /// Destroys a replica that a later one of its range has replaced, unless it has yet to apply what
  /// it knows to be committed: after a crash that may be a split whose right half lives on. Whoever
  /// wants it gone will come again.
  void retire(RangeReplica old) {
    boolean stays = !old.isEnded() || old.broken() != null;
    if (stays && old.isSettled()) {
      Removal.begin(core, loop, old);
    }
  }

  /// The placement driver says that this peer has no place in its range any more.
  void onGone(RangeId range, PeerId peer, long generation) {
    RangeReplica replica = loop.replicas().get(range);
    if (replica != null && replica.peer().equals(peer)) {
      RangeDescriptor descriptor = replica.descriptorOrNull();
      if (descriptor == null) {
        forget(replica);
      } else if (descriptor.generation() < generation || descriptor.replica(peer).isEmpty()) {
        retire(replica);
      }
    }
  }

  /// Drops a replica that has nothing yet: a late message made it, or its leader is far. It is no
  /// loss if it was wanted, for the next message makes it again, in a term in which it has not
  /// voted. If that is beyond its leader's, it costs an election; but to stay because of a vote
  /// would be to stay for ever, for one without state campaigns in no other term. Not while
  /// something older of the range is cleared away: its end would let the new one write before the
  /// tombstone, which would then drop that.
  private void forget(RangeReplica empty) {
    if (empty.isForgettable() && !removing.contains(empty.id())) {
      Removal.ofEmpty(core, loop, empty);
    }
  }

  /// What one that was dropped must not have forgotten, be it in a former life of the store; null:
  /// there was none.
  @Nullable HardState forgotten(RangeId range) {
    Tombstone tombstone = tombstones.get(range);
    return tombstone == null || tombstone.term() == 0
        ? null
        : new HardState(tombstone.term(), null, 0);
  }

  /// Makes an empty replica, if its span is free here. `then` hears whether there is one now.
  void askToCreate(RangeId range, PeerId peer, KeySpan span, Consumer<Boolean> then) {
    if (!asking.add(range)) {
      then.accept(false);
      return;
    }
    core.withClaims(claims -> {
      boolean free = claims.isFree(range, span);
      loop.post(() -> {
        asking.remove(range);
        then.accept(free && create(range, peer));
      });
    });
  }

  private boolean create(RangeId range, PeerId peer) {
    RangeReplica there = loop.replicas().get(range);
    if (there != null) {
      return there.peer().equals(peer);
    }
    if (!loop.isRunning()
        || isBuried(range, peer)
        || removing.contains(range)
        || dormant.containsKey(range)) {
      return false;
    }
    HardState had = forgotten(range);
    loop.add(ReplicaStarts.empty(core, loop, range, peer, had), "told by a leader");
    deliverParked(range);
    return true;
  }

  /// A left half has applied its split: takes up the right half.
  void onSplit(SplitDone split, boolean led) {
    RangeDescriptor right = split.right();
    Optional<ReplicaDescriptor> mine = right.replicaOn(loop.store());
    RangeReplica there = loop.replicas().get(right.id());
    if (!loop.isRunning()) {
      return;
    }
    if (removing.contains(right.id())) {
      // An empty one is being forgotten: what this one writes must come behind its tombstone.
      afterRemoval.put(right.id(), () -> onSplit(split, led));
      return;
    }
    if (there != null && (there.isInitialised() || there.isInstalling())) {
      return;
    }
    if (mine.isEmpty() || isReplaced(right.id(), mine.get().peer(), there)) {
      // The right half was removed here before the split came to be replayed: only its data is
      // left.
      Removal.ofBuried(core, loop, right);
      return;
    }
    if (there != null) {
      loop.end(there, "the range starts from a split", new Refusal.NoReplica(right.id()));
      loop.drop(there);
    }
    StoredGroup stored = dormant.remove(right.id());
    HardState had = there != null ? there.hardState() : forgotten(right.id());
    RangeReplica replica =
        ReplicaStarts.rightHalf(core, loop, split, mine.get().peer(), stored, had);
    loop.add(replica, "split");
    if (led || right.replicas().size() == 1) {
      loop.guard(replica, replica::campaign);
    }
    deliverParked(right.id());
  }

  private boolean isReplaced(RangeId range, PeerId peer, @Nullable RangeReplica there) {
    return isBuried(range, peer) || there != null && there.peer().compareTo(peer) > 0;
  }

  private void deliverParked(RangeId range) {
    for (ParkedMessages.Parked each : parked.take(range)) {
      loop.onMessages(each.from(), List.of(each.message()));
    }
  }
}
