package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One peer of one Raft group, as a machine: inputs go in, one [Ready] comes out.
///
/// Driven by one thread at a time. The same inputs give the same outputs. Every input may make the group
/// *ready*; whoever gave it asks [#hasReady()] and takes the [Ready] when it suits, several inputs later
/// if that batches better.
public final class RaftGroup {
  public RaftGroup(RaftOptions options, PeerId self, GroupStart start, RandomGenerator random) {
    throw new AssertionError("being written");
  }

  // Inputs -----------------------------------------------------------------------------------------

  /// One unit of time has passed.
  public native void tick();

  /// A message of another peer has come. Messages of unknown peers and of old terms are harmless.
  public native void receive(Message message);

  /// Appends a command to the leader's log. The array is taken over.
  public native Proposed propose(byte[] payload);

  /// Appends a membership change; what it means the caller says in [#membershipApplied] when the
  /// entry comes to be applied.
  public native Proposed proposeMembership(byte[] payload);

  /// Hands the leadership to a voter; false if this peer is not a leader that can. Proposals are refused
  /// until it is done or an election timeout has passed.
  public native boolean transferTo(PeerId voter);

  /// Campaigns at once (without pre-vote), as the old leader's store does for the right half of a split.
  public native void campaign();

  /// Asks for a read barrier; the answer comes as [Ready.ReadBarrier] with the same `context`.
  public native void readIndex(long context);

  /// Everything in the Readys up to and with `readyNumber` is durable.
  public native void persisted(long readyNumber);

  /// The state has all entries up to `index`.
  public native void applied(long index);

  /// The applied membership entry at `index` made `membership` the one in force. A change that was
  /// refused at apply time says the unchanged one.
  public native void membershipApplied(long index, Membership membership);

  /// The answer to a [Ready.LogFetch]. `entries` empty: that part is compacted away.
  public native void fetched(Ready.LogFetch fetch, List<Entry> entries);

  /// How the snapshot for a [Ready.SnapshotWanted] ended: `lastIndex` of it, or 0 for "it failed, probe
  /// and ask again".
  public native void snapshotSent(PeerId follower, long lastIndex);

  /// The log up to and with `index` was dropped (the caller made sure: at most the durable applied
  /// index). Returns the new compaction point.
  public native EntryId compacted(long index);

  // Outputs ----------------------------------------------------------------------------------------

  public native boolean hasReady();

  public native Ready takeReady();

  // What is so now ---------------------------------------------------------------------------------

  public native RoleKind role();

  public native long term();

  public native @Nullable PeerId leader();

  public native Membership membership();

  public native EntryId lastEntry();

  public native EntryId compactionPoint();

  public native long committed();

  public native long applied();

  /// The term of the entry at `index`; -1 if it is compacted away or not there yet.
  public native long termAt(long index);

  /// On a leader: the number of the newest round of beats it has started; 0 otherwise.
  public native long startedRound();

  /// On a leader: starts a new round of beats at once and returns its number.
  public native long startRound();

  /// On a leader: what it knows of each other peer, sorted by peer; empty otherwise.
  public native List<FollowerStatus> followers();

  /// What a leader knows of a follower. `recentlyActive`: heard from within the last election timeout.
  public record FollowerStatus(
      PeerId peer, long match, long next, Mode mode, boolean recentlyActive) {
    /// A follower's replication mode.
    public enum Mode {
      PROBING,
      STREAMING,
      SNAPSHOTTING
    }
  }
}
