package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.List;

/// What peers of a group tell each other. One record for each kind; no field without a meaning.
public sealed interface Message {
  PeerId from();

  /// The sender's term, except in [PreVoteRequest], where it is the term it would campaign in.
  long term();

  /// "Would you vote for me in this term?" Raises nobody's term (thesis, section 9.6).
  ///
  /// Here and in the reply `committed` is the newest entry that the sender knows to be committed. A
  /// membership change is in force where it is applied, so the only one who could lead now, or
  /// whose vote is needed, may not know it yet; with that word it does.
  record PreVoteRequest(PeerId from, long term, EntryId last, EntryId committed)
      implements Message {}

  /// A granted reply carries the term that was asked for; a refusal the replier's own.
  record PreVoteReply(PeerId from, long term, boolean granted, EntryId committed)
      implements Message {}

  /// `transfer`: the leader itself asked for this campaign, so replicas that hear a live leader
  /// vote too.
  record VoteRequest(PeerId from, long term, EntryId last, boolean transfer) implements Message {}

  record VoteReply(PeerId from, long term, boolean granted) implements Message {}

  /// Entries after `previous`; an empty list probes. `committed` is the leader's commit index.
  record Append(PeerId from, long term, EntryId previous, List<Entry> entries, long committed)
      implements Message {}

  record AppendReply(PeerId from, long term, AppendResult result) implements Message {}

  /// A leader's beat. `round` numbers the waves of beats of one leader: a quorum that answers a
  /// round proves that the leader was the leader when it sent that round. `committed` never exceeds
  /// what the receiver is known to have.
  record Beat(PeerId from, long term, long committed, long round) implements Message {}

  record BeatReply(PeerId from, long term, long round) implements Message {}

  /// A snapshot of the state at `last`, whose files are already here and verified.
  record Snapshot(PeerId from, long term, EntryId last, Membership membership) implements Message {}

  /// "Campaign now": the leader hands over (thesis, section 3.10).
  record CampaignNow(PeerId from, long term) implements Message {}

  /// A follower's request for a read barrier; `context` is the asker's own number for it.
  record ReadIndexRequest(PeerId from, long term, long context) implements Message {}

  /// The answer: reads registered under `context` are current once `index` is applied.
  record ReadIndexReply(PeerId from, long term, long context, long index) implements Message {}

  /// A leader's question to a follower that has the whole log: shall this group stop ticking? From
  /// the moment the follower agrees it counts on the promise that its store gave to the leader's at
  /// `epoch` instead of on beats. `last` is the leader's last index, which is committed and of its
  /// own term; beats up to `round` are of before the question and say nothing any more.
  record QuiesceOffer(PeerId from, long term, long last, long epoch, long round)
      implements Message {}

  /// The answer, for the same `epoch` and `round`.
  record QuiesceReply(PeerId from, long term, long epoch, long round, boolean agreed)
      implements Message {}

  /// A quiescent follower's question to its leader, `term` being the one it agreed in. `wake`:
  /// somebody wants to campaign; otherwise it is a look-round that wakes nobody who still leads.
  record Nudge(PeerId from, long term, boolean wake) implements Message {}

  /// The answer of one that does not lead in `term`, and never will again; or that leads, but a
  /// range in which the asker has no place any more.
  record NotLeading(PeerId from, long term) implements Message {}

  /// What a follower says to an [Append].
  sealed interface AppendResult {
    /// The log matches the leader's up to `lastIndex`, durably.
    record Accepted(long lastIndex) implements AppendResult {}

    /// The entry before the appended ones is not here. `previousIndex` is that of the refused
    /// message; `hint` is the newest entry of the follower that may match: index at most
    /// `previousIndex`.
    record Rejected(long previousIndex, EntryId hint) implements AppendResult {}
  }
}
