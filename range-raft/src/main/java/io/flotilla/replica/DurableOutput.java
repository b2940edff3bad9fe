package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.Envelope;
import io.flotilla.raft.HardState;
import io.flotilla.raft.Message;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.Ready;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a replica writes to its log and says to its peers, in the order that keeps its promises.
///
/// Readys go to the log in the order in which they were taken. Messages that promise something wait
/// until that Ready and all before it are durable. While a snapshot is installed, later Readys wait
/// behind it; their messages that promise nothing leave at once.
final class DurableOutput {
  private final RangeReplica replica;
  private final ReplicaHost host;
  private final HeldMessages held;
  private final PeerStores stores = new PeerStores();
  private @Nullable ArrayDeque<Ready> behindInstall;
  private final LogKeeper log;
  private HardState hardState;
  private boolean logged;
  private boolean installing;
  private long installs;

  DurableOutput(RangeReplica replica, ReplicaHost host, ReplicaStart start) {
    this.replica = replica;
    this.host = host;
    this.held = new HeldMessages();
    this.log = new LogKeeper(start.compacted(), start.group().lastEntry().index());
    this.hardState = start.hardState();
    this.logged = start.logged();
  }

  /// As it was when the replica rested.
  DurableOutput(RangeReplica replica, ReplicaHost host, RestReader in) {
    this.replica = replica;
    this.host = host;
    this.held = new HeldMessages(in);
    this.log = new LogKeeper(in);
    this.hardState = new HardState(in.number(), in.peerOrNull(), in.number());
    this.logged = in.flag();
    this.installs = in.number();
  }

  /// True if nothing is under way. Which store unnamed peers were heard from is forgotten with a
  /// rest, for they say it with each message; the leader's must be known at any time.
  boolean mayRest(@Nullable PeerId leader) {
    boolean isLeaderNamed =
        leader == null || PeerStores.named(leader, replica.descriptorOrNull()) != null;
    return isLeaderNamed && !installing && behindInstall == null && held.mayRest() && log.mayRest();
  }

  void rest(RestWriter out) {
    held.rest(out);
    log.rest(out);
    out.number(hardState.term());
    out.peer(hardState.vote());
    out.number(hardState.committed());
    out.flag(logged);
    out.number(installs);
  }

  LogKeeper log() {
    return log;
  }

  /// As in the newest Ready that was taken.
  HardState hardState() {
    return hardState;
  }

  boolean isInstalling() {
    return installing;
  }

  void onHeard(PeerId peer, StoreId from) {
    stores.onHeard(peer, from, replica.descriptorOrNull());
  }

  @Nullable StoreId storeOf(PeerId peer) {
    return stores.storeOf(peer, replica.descriptorOrNull());
  }

  /// How many snapshots began to take the place of log and state so far.
  long installs() {
    return installs;
  }

  /// Sends and persists what a Ready says.
  void take(Ready ready) {
    sendAll(ready.sendNow());
    if (ready.hardState() != null) {
      hardState = ready.hardState();
    }
    if (installing) {
      if (behindInstall == null) {
        behindInstall = new ArrayDeque<>();
      }
      behindInstall.add(ready);
    } else {
      persist(ready);
    }
  }

  private void persist(Ready ready) {
    if (ready.mustPersist() || isFirstPromise(ready)) {
      held.onPersisting(ready.number());
      GroupWrite write = write(ready.hardState(), ready.toPersist());
      if (ready.install() != null) {
        installing = true;
        installs++;
        host.install(replica, ready.number(), write, ready.install());
      } else {
        log.onAppended(ready.toPersist());
        host.persist(replica, ready.number(), write);
      }
    }
    if (held.isIdle()) {
      sendAll(ready.sendOncePersisted());
    } else {
      held.hold(ready.sendOncePersisted());
    }
  }

  /// Whatever is promised rests on where the log starts. A right half that took the place of an
  /// empty replica has its term from there, so nothing else need be written before it answers.
  private boolean isFirstPromise(Ready ready) {
    return !logged && !ready.sendOncePersisted().isEmpty();
  }

  /// A write of the group. The first one also says who it is and where its log starts.
  private GroupWrite write(@Nullable HardState newHardState, List<Entry> entries) {
    PeerId peer = replica.peer();
    if (logged) {
      return new GroupWrite(replica.id(), null, newHardState, entries, null, null, null);
    }
    logged = true;
    HardState first = newHardState == null ? hardState : newHardState;
    EntryId start = log.compacted();
    if (!start.equals(EntryId.ZERO)) {
      // On its own, since a write drops a prefix only after it has appended.
      host.writeEventually(new GroupWrite(replica.id(), peer, first, List.of(), start, null, null));
    }
    return new GroupWrite(replica.id(), peer, first, entries, null, null, null);
  }

  /// Everything of Ready `number` and before is durable.
  void onDurable(long number) {
    held.onDurable(number, this::sendAll);
  }

  /// The snapshot of Ready `number` took the log's place.
  void onInstalled(long number, EntryId last) {
    Invariant.check(installing, "an install ends that has begun");
    installing = false;
    log.onReplaced(last);
    held.onDurable(number, this::sendAll);
    ArrayDeque<Ready> waiting = behindInstall;
    behindInstall = null;
    while (waiting != null && !waiting.isEmpty() && !installing) {
      persist(waiting.poll());
    }
    if (waiting != null && !waiting.isEmpty()) {
      behindInstall = waiting;
    }
  }

  /// The log says from now on that everything up to `index` is committed, before anything that is
  /// written later by anybody.
  void knowCommitted(long index) {
    if (hardState.committed() < index) {
      hardState = new HardState(hardState.term(), hardState.vote(), index);
      host.writeEventually(write(hardState, List.of()));
    }
  }

  /// Drops the log up to an applied entry that is durable, as far as nobody needs it.
  ///
  /// @param durable no later than what this loop knows to be applied
  void compact(RaftGroup group, long durable, boolean quiet, long atBytes) {
    long target = log.compactionTarget(durable, quiet, atBytes, group, host.options());
    if (target <= log.compacted().index()) {
      return;
    }
    EntryId point = group.compacted(target);
    log.onCompacted(point);
    host.writeEventually(new GroupWrite(replica.id(), null, null, List.of(), point, null, null));
  }

  /// Gives back memory that nothing is in.
  void trim() {
    held.trim();
  }

  private void sendAll(List<Envelope> envelopes) {
    for (Envelope envelope : envelopes) {
      StoreId to = storeOf(envelope.to());
      if (to != null) {
        host.send(
            to,
            new RangeMessage(replica.id(), envelope.to(), spanFor(envelope), envelope.message()));
      }
    }
  }

  /// A leader tells the span to peers that have accepted nothing: their store may not know the
  /// range yet. So does whoever would like to lead: a store that came past the split in which the
  /// range began by a snapshot of the left half has no replica of it, and if most are like that,
  /// nobody can lead without them (see Arrivals).
  private @Nullable KeySpan spanFor(Envelope envelope) {
    RangeDescriptor descriptor = replica.descriptorOrNull();
    if (envelope.message() instanceof Message.PreVoteRequest && descriptor != null) {
      return descriptor.span();
    }
    Leadership lead = replica.currentLeadership();
    boolean introduces =
        lead != null
            && !lead.hasAccepted(envelope.to())
            && (envelope.message() instanceof Message.Append
                || envelope.message() instanceof Message.Beat);
    return introduces && descriptor != null ? descriptor.span() : null;
  }
}
