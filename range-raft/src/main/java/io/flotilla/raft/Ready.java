package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a group wants done after its inputs, taken once with [RaftGroup#takeReady()].
///
/// The order is in the shape: `sendNow` may leave at once; `sendOncePersisted` promises something
/// about this replica's log or vote, so it leaves only when `hardState`, `toPersist` and `install`
/// of this Ready *and of every earlier one of the group* are durable. The caller then says
/// [RaftGroup#persisted]. Readys of one group are persisted in the order in which they were taken.
///
/// @param number counts the Readys of this group from 1; handed back in [RaftGroup#persisted]
/// @param hardState null: unchanged
/// @param toPersist entries to append; where they begin at or below what the log already has, the
///   suffix from the first of them on is truncated first. They are consecutive.
/// @param install the snapshot that replaces log and state, null: none. Comes with an empty
///   `toPersist`.
/// @param toApply committed entries, durable in the own log, consecutive, each given out once
/// @param readsReady barriers that became safe: reads may be served once `applied >= index`
/// @param toFetch parts of the log that the core needs and no longer has in memory; answered with
///   [RaftGroup#fetched]; a request for the same purpose is not repeated while one is open
/// @param snapshotsWanted followers that are behind the compacted log; answered with
///   [RaftGroup#snapshotSent]
/// @param dropped proposals of this replica whose entries were truncated in favour of committed
///   ones: they can never commit. Others that are truncated may commit yet.
/// @param roleChange the role after the inputs, null: unchanged since the last Ready
/// @param confirmedRound the newest round that a quorum has answered, 0: none (leader only)
public record Ready(
    long number,
    @Nullable HardState hardState,
    List<Entry> toPersist,
    @Nullable Install install,
    List<Envelope> sendNow,
    List<Envelope> sendOncePersisted,
    List<Entry> toApply,
    List<ReadBarrier> readsReady,
    List<LogFetch> toFetch,
    List<SnapshotWanted> snapshotsWanted,
    List<EntryId> dropped,
    @Nullable RoleChange roleChange,
    long confirmedRound) {

  /// True if something has to be made durable before `sendOncePersisted` may leave.
  public boolean mustPersist() {
    return hardState != null || !toPersist.isEmpty() || install != null;
  }

  /// Replace log and state by the (already staged and verified) snapshot at `last`.
  public record Install(EntryId last, Membership membership) {}

  /// A read registered as `context` is current once `index` is applied here. `index` 0: refused,
  /// the leadership was lost or could not be proved; ask again.
  public record ReadBarrier(long context, long index) {
    public boolean isRefused() {
      return index == 0;
    }
  }

  /// Entries `fromIndex` up to and with `toIndex`, or fewer but at least one, of about `bytesMax`
  /// bytes. `follower` null: to apply them here.
  public record LogFetch(@Nullable PeerId follower, long fromIndex, long toIndex, int bytesMax) {}

  /// `follower` needs a snapshot whose last index is at least `minIndex`.
  public record SnapshotWanted(PeerId follower, long minIndex) {}

  /// The role and term as of this Ready. `leader` null: unknown. `termFirstIndex` is, on a leader,
  /// the index of its NOOP: it serves reads and changes membership only once that is applied.
  public record RoleChange(
      RoleKind role, long term, @Nullable PeerId leader, long termFirstIndex) {}
}
